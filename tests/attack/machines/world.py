"""A deployment in one process, its people and clients, and what a model knows about every token it handed out.

The model is written from the specification, not from the code: each thing that was bought remembers what ends it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from idp.models import User
from idp.sessions import services as sessions
from idp.users import services as users
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application, GrantType
from oauth_ext.families.models import Family
from oauth_ext.resources import services as resources
from tests.factories import FORM, make_client, make_user, sign_in
from tests.oauth_ext.token_endpoint import basic

T = TypeVar("T")
ORDERS, STOCK = "https://orders.example", "https://stock.example"
OWN = "http://localhost:8000"
# What a role of a user allows beside the common five is nothing; `roles:read` is granted to nobody here.
SCOPES = ("openid", "profile", "email", "offline_access", "roles:read")
HELD = {"app": SCOPES, "narrow": ("openid", "profile")}
ERRORS = {
    *("invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "invalid_target", "unauthorized_client"),
    *("authorization_pending", "slow_down", "expired_token", "access_denied", "invalid_token", "invalid_request_uri"),
}
# A session's last use is written down now and then, not to the second: nearer than that the model doesn't know.
NEAR = 120
people = st.integers(0, 1)
numbers = st.integers(0, 100)
scopes = st.sets(st.sampled_from(SCOPES)).map(lambda chosen: sorted(chosen | {"openid"}))


@dataclass
class Person:
    """Somebody with a browser; `session` is None while signed out, `epoch` rises with all that ends trust in them."""

    user: User
    browser: Client
    session: int | None = None
    signed_in_at: float = 0.0
    seen_at: float = 0.0
    epoch: int = 0


@dataclass
class Party:
    """A client; `epoch` as above."""

    client: Application
    epoch: int = 0


@dataclass
class Grant:
    """What somebody allowed a client: `scopes` at most, until `ended`; `session` is None where it outlives that."""

    person: Person
    party: Party
    scopes: frozenset[str]
    resources: tuple[str, ...]
    session: int | None
    epochs: tuple[int, int]
    born_at: float
    ended: bool = False
    # The refresh tokens it ever had, oldest first, and for what and when the last one was turned
    turns: list[str] = field(default_factory=list)
    turned_at: float = 0.0
    turned_for: str | None = None

    @property
    def stands(self) -> bool:
        alive = self.epochs == (self.person.epoch, self.party.epoch) and not self.ended
        return alive and self.session in {None, self.person.session}


@dataclass
class Token:
    """An access token: of a grant, perhaps by exchange from another token."""

    text: str
    grant: Grant
    scopes: frozenset[str]
    audience: tuple[str, ...]
    expires_at: float
    parent: "Token | None" = None
    got_by: str = ""
    was_live: bool | None = None

    def line(self) -> list["Token"]:
        """The token, and those that it was got for."""
        return [self, *(self.parent.line() if self.parent else [])]


@dataclass
class Answer:
    """Status and JSON of an answer."""

    status: int
    body: dict[str, Any]

    @property
    def error(self) -> str:
        return str(self.body.get("error", ""))


class Cast:
    """Who takes part; made once, and at each life's beginning as they were."""

    def __init__(self) -> None:
        self.users = [make_user(name) for name in ("alice", "bob")]
        self.app, self.narrow = self._public("app"), self._public("narrow")
        self.orders, self.stock = self._service("orders", ORDERS, STOCK), self._service("stock", STOCK)
        self.asker = make_client(
            "asker",
            client_type="confidential",
            redirect_uris=[],
            grant_types=["client_credentials"],
            scopes=["tokens:introspect"],
        )

    @staticmethod
    def _public(client_id: str) -> Application:
        grants = [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE]
        return make_client(client_id, trusted=True, grant_types=grants, scopes=list(HELD[client_id]))

    @staticmethod
    def _service(client_id: str, uri: str, *may: str) -> Application:
        client = make_client(
            client_id,
            client_type="confidential",
            redirect_uris=[],
            grant_types=[GrantType.TOKEN_EXCHANGE],
            exchange_resources=list(may),
            scopes=["openid", "profile"],
        )
        resources.register(uri, client.pk)
        return client


class World(RuleBasedStateMachine):
    """What all machines share: time, people who come and go, clients that are switched off, and what must be true."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.travel = time_machine.travel(datetime.now(UTC), tick=False)
        self.clock = self.travel.start()
        for user in self.cast.users:
            user.refresh_from_db()
        self.people = [Person(user, Client()) for user in self.cast.users]
        self.app, self.narrow = Party(self.cast.app), Party(self.cast.narrow)
        self.orders, self.stock, self.asker = self.cast.orders, self.cast.stock, self.cast.asker
        self.steps = 0
        self.tokens: list[Token] = []
        self.grants: list[Grant] = []

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @property
    def now(self) -> float:
        return time.time()

    # What it says and hears

    def post(self, path: str, client: Application | None = None, **form: str | list[str] | None) -> Answer:
        headers = {}
        if client is not None and client.is_public:
            form.setdefault("client_id", client.client_id)
        elif client is not None:
            headers["authorization"] = basic(client.client_id)
        body = urlencode({name: value for name, value in form.items() if value is not None}, doseq=True)
        response = Client().post(path, body, content_type=FORM, headers=headers)
        return self.heard(response.status_code, response.content)

    def heard(self, status: int, content: bytes) -> Answer:
        assert status < 500, content
        answer = Answer(status, json.loads(content or b"{}"))
        if status >= 400:
            assert answer.error in ERRORS, answer
            assert set(answer.body) == {"error", "error_description"}, answer
        return answer

    # What anybody may do at any time

    @rule(seconds=st.sampled_from([1, 1, 1, 5, 5, 5, 11, 11, 11, 61, 601, 4000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.shift(seconds)
        for person in self.people:
            idle = person.seen_at + settings.SESSION_IDLE_SECONDS
            over = min(idle, person.signed_in_at + settings.SESSION_MAX_AGE_SECONDS)
            if abs(over - self.now) < NEAR:
                self._sign_out(person)
            elif self.now > over:
                person.session = None

    @rule(
        person=people,
        what=st.sampled_from(["sign in", "sign in", "sign in", "sign out", "deactivate", "app", "narrow"]),
    )
    def trust_ends(self, person: int, what: str) -> None:
        who = self.people[person]
        match what:
            case "sign in":
                self.be_signed_in(who)
            case "sign out":
                self._sign_out(who)
            case "deactivate":
                users.deactivate(who.user)
                users.activate(who.user)
                who.epoch, who.session = who.epoch + 1, None
            case _:
                party = self.app if what == "app" else self.narrow
                clients.disable(party.client)
                clients.enable(party.client)
                party.epoch += 1

    def be_signed_in(self, who: Person) -> None:
        if who.session is None:
            who.session = sign_in(who.browser, who.user).pk
            who.signed_in_at = who.seen_at = self.now

    def _sign_out(self, who: Person) -> None:
        if who.session is not None:
            sessions.end(who.session)
            who.session = None

    # What was bought

    def granted(self, asked: list[str], party: Party) -> frozenset[str]:
        return frozenset(asked) & set(HELD[party.client.client_id]) - {"roles:read"}

    def allow(self, person: Person, party: Party, asked: list[str], targets: tuple[str, ...], *, device: bool) -> Grant:
        names = self.granted(asked, party)
        session = None if device or "offline_access" in names else person.session
        grant = Grant(person, party, names, targets, session, (person.epoch, party.epoch), self.now)
        self.grants.append(grant)
        return grant

    def bought(self, grant: Grant, answer: Answer, names: frozenset[str], audience: tuple[str, ...]) -> Token:
        assert answer.status == 200, answer
        got = frozenset(answer.body["scope"].split())
        assert got == names, f"asked within {set(grant.scopes)}, expected {set(names)}, got {set(got)}"
        token = Token(answer.body["access_token"], grant, got, audience, self.now + int(answer.body["expires_in"]))
        self.tokens.append(token)
        return token

    def is_live(self, token: Token) -> bool:
        """By the model."""
        alive = token.grant.stands and self.now < token.expires_at
        return alive and (token.parent is None or self.is_live(token.parent))

    def pick(self, things: list[T], number: int, *, where: Callable[[T], bool]) -> T:
        """One of the things, mostly of those where something is true."""
        good = [thing for thing in things if where(thing)]
        chosen = good if good and number % 4 else things
        return chosen[number % len(chosen)]

    # What must be true

    @invariant()
    def every_token_is_worth_what_the_model_says(self) -> None:
        """Ask for those that began or ended just now, and for one of the others in turn."""
        self.steps += 1
        for number, token in enumerate(self.tokens):
            live = self.is_live(token)
            if token.was_live != live or number == self.steps % len(self.tokens):
                token.was_live = live
                self._check(token, live=live)

    def _check(self, token: Token, *, live: bool) -> None:
        told = self.post("/o/introspect/", self.asker, token=token.text).body
        assert told["active"] is live, f"should be {'live' if live else 'dead'}: {token}"
        if live:
            assert frozenset(told["scope"].split()) == token.scopes
        if token.audience == (OWN,):
            headers = {"authorization": f"Bearer {token.text}"}
            assert Client().get("/o/userinfo/", headers=headers).status_code == (200 if live else 401)

    @invariant()
    def nothing_was_bought_twice(self) -> None:
        assert Family.objects.count() == len(self.grants)
        used = AuthorizationCode.objects.exclude(family=None).values_list("family_id", flat=True)
        assert len(used) == len(set(used))
