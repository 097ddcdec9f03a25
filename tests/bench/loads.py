"""The requests that are measured, and the client that sends them: so many connections, each in a thread of its own."""

import base64
import hashlib
import http.client
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any, NamedTuple
from urllib.parse import urlencode

from joserfc.jwk import ECKey

from tests.dpop import Prover

CONNECTIONS = 4
EACH = 60
"""Requests a connection sends in one round, after one that warms it up."""
ROUNDS = 3
CODES = CONNECTIONS * (EACH + 1) * ROUNDS
REDIRECT_URI = "https://app.example/callback"
ME = json.dumps({"query": "{ me { username role } }"})
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Json = dict[str, Any]


class Request(NamedTuple):
    """What goes over the wire."""

    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = {}


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


class Dialogue:
    """What one connection asks. Each answer is shown to it, for the next question may hang on that."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def next(self) -> Request:
        return self.request

    def heard(self, body: bytes, nonce: str | None) -> None:
        """Nothing is learned."""


class Chain(Dialogue):
    """A refresh token that is turned again and again, each by the one before."""

    def __init__(self, token: str) -> None:
        self.token = token

    def next(self) -> Request:
        return _form("/o/token/", grant_type="refresh_token", client_id="app", refresh_token=self.token)

    def heard(self, body: bytes, nonce: str | None) -> None:
        turned = json.loads(body)["refresh_token"]
        assert turned != self.token
        self.token = turned


class Codes(Dialogue):
    """Codes, each redeemed once."""

    def __init__(self, codes: Iterator[tuple[str, str]]) -> None:
        self.codes = codes

    def next(self) -> Request:
        code, verifier = next(self.codes)
        return _form(
            "/o/token/",
            grant_type="authorization_code",
            client_id="app",
            redirect_uri=REDIRECT_URI,
            code=code,
            code_verifier=verifier,
        )


class Proved(Dialogue):
    """A bound token, each time beside a proof of its own, with the newest nonce (RFC 9449)."""

    def __init__(self, request: Request, url: str, token: str, key: str) -> None:
        self.request, self.url, self.token, self.nonce = request, url, token, ""
        self.prover = Prover(key=ECKey.import_key(json.loads(key)))

    def next(self) -> Request:
        proof = self.prover.proof(self.url, access_token=self.token, nonce=self.nonce)
        headers = {"Authorization": f"DPoP {self.token}", "DPoP": proof}
        return self.request._replace(headers=self.request.headers | headers)

    def heard(self, body: bytes, nonce: str | None) -> None:
        self.nonce = nonce or self.nonce


class Load(NamedTuple):
    """One row of the table: its budget in hellos (docs/performance.md), its SQL statements as the tests count them.

    `plain` says whether plain DOT has it too, `good` what the answer must be.
    """

    name: str
    budget: float | None
    statements: int
    plain: bool
    good: Callable[[Json], bool]
    dialogues: Callable[[Seeds], list[Dialogue]]
    each: int = EACH


def _form(path: str, authorization: dict[str, str] | None = None, **fields: str) -> Request:
    return Request("POST", path, urlencode(fields), {**FORM, **(authorization or {})})


def _basic(secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"machine:{secret}".encode()).decode()}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _machine(seeds: Seeds) -> list[Dialogue]:
    asked = _form("/o/token/", _basic(seeds.secret), grant_type="client_credentials")
    return [Dialogue(request) for request in repeat(asked, CONNECTIONS)]


def _introspect(seeds: Seeds) -> list[Dialogue]:
    return [Dialogue(_form("/o/introspect/", _basic(seeds.secret), token=token)) for token in seeds.access_tokens]


def _get(path: str) -> Callable[[Seeds], list[Dialogue]]:
    return lambda seeds: [Dialogue(Request("GET", path, "", _bearer(token))) for token in seeds.access_tokens]


def _graphql(seeds: Seeds) -> list[Dialogue]:
    return [Dialogue(Request("POST", "/graphql", ME, {**JSON, **_bearer(token)})) for token in seeds.access_tokens]


def _proved(seeds: Seeds) -> list[Dialogue]:
    asked = Request("POST", "/graphql", ME, JSON)
    return [Proved(asked, f"{seeds.origin}/graphql", token, key) for token, key in seeds.bound]


def _codes(seeds: Seeds) -> list[Dialogue]:
    codes = iter(seeds.codes)
    shared = [[next(codes) for _ in range(CODES // CONNECTIONS)] for _ in range(CONNECTIONS)]
    return [Codes(iter(own)) for own in shared]


def _pair(body: Json) -> bool:
    return body.keys() >= {"access_token", "refresh_token"}


def _is_alice(body: Json) -> bool:
    return bool(body == {"data": {"me": {"username": "alice", "role": "user"}}})


LOADS = [
    Load("client credentials", 4, 1, True, lambda body: "access_token" in body, _machine),
    Load("refresh", 7, 3, True, _pair, lambda seeds: [Chain(token) for token in seeds.refresh_tokens]),
    Load("code exchange", 9, 4, True, lambda body: _pair(body) and "id_token" in body, _codes),
    Load("introspect", 3.8, 2, True, lambda body: body["active"] is True, _introspect),
    Load("userinfo", 2.5, 1, True, lambda body: "sub" in body, _get("/o/userinfo/")),
    Load(
        "GraphQL `{ me { username role } }`",
        4.3,
        1,
        False,
        _is_alice,
        _graphql,
    ),
    Load("the same, bound to a key (DPoP)", None, 2, False, _is_alice, _proved),
    Load("REST validate-token", 3, 1, False, lambda body: body["active"] is True, _get("/api/validate-token/")),
    Load("JWKS", None, 1, True, lambda body: len(body["keys"]) > 0, _get("/.well-known/jwks.json")),
]


class Connection:
    """A connection that is kept, and its dialogue."""

    def __init__(self, port: int, dialogue: Dialogue) -> None:
        self.http = http.client.HTTPConnection("localhost", port, timeout=60)
        self.dialogue = dialogue

    def ask(self) -> bytes:
        """The body of the next answer. Raises AssertionError when it isn't 200, but for want of a nonce, once."""
        status, path, body, nonce = self._ask()
        if status == 401 and nonce:
            status, path, body, nonce = self._ask()
        assert status == 200, f"{path}: {status} {body[:300]!r}"
        return body

    def _ask(self) -> tuple[int, str, bytes, str | None]:
        request = self.dialogue.next()
        self.http.request(request.method, request.path, request.body or None, request.headers)
        response = self.http.getresponse()
        body, nonce = response.read(), response.getheader("DPoP-Nonce")
        self.dialogue.heard(body, nonce)
        return response.status, request.path, body, nonce


def run(connections: list[Connection], each: int, check: Callable[[bytes], None]) -> None:
    """Send `each` requests over each connection; every answer must be a 200, and the last one stands `check`."""

    def talk(connection: Connection) -> None:
        for _ in range(each - 1):
            connection.ask()
        check(connection.ask())

    with ThreadPoolExecutor(len(connections)) as pool:
        list(pool.map(talk, connections))
