"""The requests that are measured, by the names of the servers that know them."""

import base64
import hashlib
import json
from collections.abc import Callable
from itertools import repeat
from typing import Any, Final, NamedTuple

from tests.bench.talking import Chain, Codes, Dialogue, Proved, Request, form

CONNECTIONS = 4
EACH = 60
"""Requests a connection sends in one round, after one that warms it up."""
ROUNDS = 5


def codes_for(rounds: int) -> int:
    """How many codes are redeemed in so many rounds."""
    return CONNECTIONS * (EACH + 1) * rounds


ME = "{ me { username role } }"
VALID = "{ validateToken { active } }"
STORED = f"query Me {ME}"
STORED_ID = f"sha256:{hashlib.sha256(STORED.encode()).hexdigest()}"
JSON = {"Content-Type": "application/json"}

OURS: Final = "Gatehouse"
PLAIN: Final = "plain DOT"
SLOW: Final = "plain DOT, its default hasher"
PEER: Final = "oidc-provider"
ALL: Final = (OURS, PLAIN, PEER)

Json = dict[str, Any]


class Seeds(NamedTuple):
    """What a server was given before: a machine's secret; alice's tokens at the public client `app`, and codes for it.

    A token for each connection, a code (with its verifier) for each exchange.
    """

    secret: str
    access_tokens: list[str]
    refresh_tokens: list[str]
    codes: list[tuple[str, str]]
    # Tokens bound to a key, with the key as JSON (RFC 7517); none where the server knows no such thing
    bound: list[tuple[str, str]] = []
    origin: str = ""


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Load(NamedTuple):
    """One row of the table: its budget in hellos (docs/performance.md), its SQL statements as the tests count them.

    `servers` are those that know it, `good` says what the answer must be.
    """

    name: str
    budget: float | None
    statements: int | None
    servers: tuple[str, ...]
    good: Callable[[Json], bool]
    dialogues: Callable[[Seeds], list[Dialogue]]


def _basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _machine(client_id: str = "machine") -> Callable[[Seeds], list[Dialogue]]:
    def dialogues(seeds: Seeds) -> list[Dialogue]:
        asked = form("/o/token/", _basic(client_id, seeds.secret), grant_type="client_credentials")
        return [Dialogue(request) for request in repeat(asked, CONNECTIONS)]

    return dialogues


def _introspect(seeds: Seeds) -> list[Dialogue]:
    machine = _basic("machine", seeds.secret)
    return [Dialogue(form("/o/introspect/", machine, token=token)) for token in seeds.access_tokens]


def _get(path: str) -> Callable[[Seeds], list[Dialogue]]:
    return lambda seeds: [Dialogue(Request("GET", path, "", _bearer(token))) for token in seeds.access_tokens]


def _graphql(**body: str) -> Callable[[Seeds], list[Dialogue]]:
    asked = Request("POST", "/graphql", json.dumps(body), JSON)
    return lambda seeds: [Dialogue(asked._replace(headers={**JSON, **_bearer(token)})) for token in seeds.access_tokens]


def _proved(seeds: Seeds) -> list[Dialogue]:
    asked = Request("POST", "/graphql", json.dumps({"query": ME}), JSON)
    return [Proved(asked, f"{seeds.origin}/graphql", token, key) for token, key in seeds.bound]


def _codes(seeds: Seeds) -> list[Dialogue]:
    codes = iter(seeds.codes)
    shared = [[next(codes) for _ in range(len(seeds.codes) // CONNECTIONS)] for _ in range(CONNECTIONS)]
    return [Codes(iter(own)) for own in shared]


def _pair(body: Json) -> bool:
    return body.keys() >= {"access_token", "refresh_token"}


def _is_alice(body: Json) -> bool:
    return bool(body == {"data": {"me": {"username": "alice", "role": "user"}}})


def _is_valid(body: Json) -> bool:
    return bool(body == {"data": {"validateToken": {"active": True}}})


def _has(*names: str) -> Callable[[Json], bool]:
    return lambda body: body.keys() >= set(names)


def _active(body: Json) -> bool:
    return body["active"] is True


CLIENT_CREDENTIALS: Final = "client credentials"
REFRESH: Final = "refresh"
INTROSPECT: Final = "introspect"
VALIDATE: Final = "REST validate-token"

LOADS = [
    Load(CLIENT_CREDENTIALS, 4, 1, (*ALL, SLOW), _has("access_token"), _machine()),
    Load("the same, an opaque token", None, None, (PEER,), _has("access_token"), _machine("opaque")),
    Load(REFRESH, 7, 2, ALL, _pair, lambda seeds: [Chain(token) for token in seeds.refresh_tokens]),
    Load("code exchange", 9, 2, ALL, lambda body: _pair(body) and "id_token" in body, _codes),
    Load(INTROSPECT, 3.8, 1, (*ALL, SLOW), _active, _introspect),
    Load("userinfo", 2.5, 1, ALL, _has("sub"), _get("/o/userinfo/")),
    Load(f"GraphQL `{ME}`", 4.3, 1, (OURS,), _is_alice, _graphql(query=ME)),
    Load("the same, by its documentId", 3.8, 1, (OURS,), _is_alice, _graphql(documentId=STORED_ID)),
    Load("the same, bound to a key (DPoP)", None, 2, (OURS,), _is_alice, _proved),
    Load(f"GraphQL `{VALID}`", None, 1, (OURS,), _is_valid, _graphql(query=VALID)),
    Load(VALIDATE, 3, 1, (OURS,), _active, _get("/api/validate-token/")),
    Load("REST userinfo", None, 1, (OURS,), _has("sub", "username", "role"), _get("/api/userinfo/")),
    Load("REST roles", None, 1, (OURS,), lambda body: len(body["roles"]) > 0, _get("/api/roles/")),
    Load("JWKS", None, 1, ALL, lambda body: len(body["keys"]) > 0, _get("/.well-known/jwks.json")),
    Load("discovery", None, 0, ALL, _has("issuer", "jwks_uri"), _get("/.well-known/openid-configuration")),
]
