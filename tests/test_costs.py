"""What a request of each hot path costs, counted exactly: a dearer change shows without a clock.

The table is the promise. Whoever changes a line of it on purpose finds the new one in what the failure says.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.db.models import F

from graph import documents
from graph.execution import prepare
from graph.manifest import document_id
from idp.models import Role
from oauth_ext.keys.models import SigningKey
from tests.dpop import ISSUER, Prover
from tests.factories import FORM, make_client, make_user
from tests.oauth_ext.token_endpoint import Code, basic, get_code
from tests.wire import WRITES, Request, overheard, send

pytestmark = pytest.mark.django_db(transaction=True)

# PostgreSQL: statements that read and that write, transactions that wrote, how often we wait for an answer, bytes of
# its protocol. The client: bytes of its request and of our answer in HTTP/1.1, without what granian adds (`date`,
# `server`). All in a process that is warm: keys are read, statements are prepared.
COSTS = """
                               |            PostgreSQL            | its bytes    | client's bytes
                               | reads | writes | commits | waits |   to |  from |  from |    to
client credentials             |     1 |      0 |       0 |     1 |   58 |   890 |   242 |   887
code exchange with an ID token |     1 |      1 |       1 |     2 |  981 |  1830 |   319 |  1986
refresh                        |     1 |      1 |       1 |     2 |  372 |  1711 |   252 |  1179
refresh, sent again            |     1 |      0 |       0 |     1 |  151 |  1745 |   252 |  1179
introspection                  |     1 |      0 |       0 |     1 |  253 |  1635 |   837 |   676
/o/userinfo/                   |     1 |      0 |       0 |     1 |  206 |  1009 |   687 |   530
`{ me { username role } }`     |     1 |      0 |       0 |     1 |  206 |  1009 |   773 |   419
the same, trusted document     |     1 |      0 |       0 |     1 |  206 |  1009 |   825 |   419
the same, bound to a key       |     1 |      1 |       1 |     2 |  350 |  1041 |  1449 |   464
`{ validateToken { active } }` |     1 |      0 |       0 |     1 |  206 |  1009 |   777 |   411
/api/userinfo/                 |     1 |      0 |       0 |     1 |  206 |  1009 |   689 |   632
/api/roles/                    |     1 |      0 |       0 |     1 |  206 |  1009 |   686 |   462
/api/validate-token/           |     1 |      0 |       0 |     1 |  206 |  1009 |   695 |   716
/api/logout/                   |     3 |      5 |       1 |    14 | 1400 |  1640 |   688 |   373
JWKS                           |     1 |      0 |       0 |     1 |  137 |   270 |    61 |  1646
discovery                      |     0 |      0 |       0 |     0 |    0 |     0 |    72 |  3149
"""

ME = "{ me { username role } }"
VALIDATE = "{ validateToken { active } }"
SCOPE = "openid profile email roles"
TIMES = 3
FIRST_KEY = 1_000_000
LINE = "{:<30} | {:>5} | {:>6} | {:>7} | {:>5} | {:>4} | {:>5} | {:>5} | {:>5}"


class World:
    """A machine, and alice at an app: her tokens, and what is used up by being asked for."""

    def __init__(self) -> None:
        self.machine = make_client(
            "machine", client_type="confidential", grant_types=["client_credentials"], scopes=["tokens:introspect"]
        )
        self.app = make_client("app", trusted=True)
        self.alice = make_user("alice", email="alice@example.com")
        self.prover = Prover()
        self.token = self.tokens()["access_token"]
        self.bound = self.tokens(proof=self.prover.proof())["access_token"]
        self.used_again = self.tokens()["refresh_token"]
        self.refresh_tokens = [self.tokens()["refresh_token"] for _ in range(TIMES)]
        self.leaving = [self.tokens()["access_token"] for _ in range(TIMES)]
        self.codes = [self.code() for _ in range(TIMES)]

    def code(self) -> Code:
        return get_code(self.app, self.alice, scope=SCOPE)

    def tokens(self, **how: str) -> dict[str, str]:
        answer = self.code().redeem(**how)
        assert answer.status == 200, answer.body
        return answer.body

    def machine_asks(self, path: str, **fields: str) -> Request:
        return form(path, {"authorization": basic("machine")}, **fields)

    def app_asks(self, **fields: str) -> Request:
        return form("/o/token/", client_id="app", **fields)

    def redeem(self) -> Request:
        code = self.codes.pop()
        return self.app_asks(
            grant_type="authorization_code",
            code=code.code,
            code_verifier=code.verifier,
            redirect_uri=self.app.redirect_uris[0],
        )

    def refresh(self, token: str) -> Request:
        return self.app_asks(grant_type="refresh_token", refresh_token=token)

    def get(self, path: str) -> Request:
        return Request("GET", path, headers={"authorization": f"Bearer {self.token}"})

    def leave(self) -> Request:
        return Request("POST", "/api/logout/", headers={"authorization": f"Bearer {self.leaving.pop()}"})

    def graphql(self, **asked: str) -> Request:
        return graphql({"authorization": f"Bearer {self.token}"}, **asked)

    def proved(self) -> Request:
        proof = self.prover.proof(f"{ISSUER}/graphql", access_token=self.bound)
        return graphql({"authorization": f"DPoP {self.bound}", "dpop": proof}, query=ME)


def form(path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Request:
    return Request("POST", path, urlencode(fields), {"content-type": FORM, **(headers or {})})


def graphql(headers: dict[str, str], **asked: str) -> Request:
    return Request("POST", "/graphql", json.dumps(asked), {"content-type": "application/json", **headers})


PATHS: dict[str, Callable[[World], Request]] = {
    "client credentials": lambda world: world.machine_asks("/o/token/", grant_type="client_credentials"),
    "code exchange with an ID token": World.redeem,
    "refresh": lambda world: world.refresh(world.refresh_tokens.pop()),
    "refresh, sent again": lambda world: world.refresh(world.used_again),
    "introspection": lambda world: world.machine_asks("/o/introspect/", token=world.token),
    "/o/userinfo/": lambda world: world.get("/o/userinfo/"),
    f"`{ME}`": lambda world: world.graphql(query=ME),
    "the same, trusted document": lambda world: world.graphql(documentId=document_id(ME)),
    "the same, bound to a key": World.proved,
    f"`{VALIDATE}`": lambda world: world.graphql(query=VALIDATE),
    "/api/userinfo/": lambda world: world.get("/api/userinfo/"),
    "/api/roles/": lambda world: world.get("/api/roles/"),
    "/api/validate-token/": lambda world: world.get("/api/validate-token/"),
    "/api/logout/": World.leave,
    "JWKS": lambda _: Request("GET", "/.well-known/jwks.json"),
    "discovery": lambda _: Request("GET", "/.well-known/openid-configuration"),
}


@pytest.fixture
def same_lengths() -> Iterator[None]:
    """What is counted up, or told in fractions of a second, takes as many bytes in each run."""
    now = datetime.now(UTC).replace(microsecond=123_457) + timedelta(minutes=1)
    with time_machine.travel(now, tick=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(quote_ident(sequencename), %s) FROM pg_sequences", [FIRST_KEY])
        for model in (Role, SigningKey):
            model.objects.update(id=F("id") + FIRST_KEY)
        yield


@pytest.mark.usefixtures("same_lengths")
def test_each_hot_path_costs_what_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(documents.TRUSTED, document_id(ME), prepare(ME))
    world = World()
    costs = [cost(world, name, path) for name, path in PATHS.items()]
    assert costs == COSTS.splitlines()[3:], "\n".join(["now they are:", *costs])


def cost(world: World, name: str, path: Callable[[World], Request]) -> str:
    """Measure a path when it is warm; return its line."""
    for _ in range(TIMES - 1):
        send(path(world))
    request = path(world)
    with overheard() as said:
        answer = send(request)
    assert b'"errors"' not in answer.body, answer.body
    commands = Counter(said.commands())
    reads, writes = commands["SELECT"], sum(commands[command] for command in WRITES)
    numbers = reads, writes, said.commits(), said.waits(), said.sent(), said.received(), request.size, answer.size
    return LINE.format(name, *numbers)
