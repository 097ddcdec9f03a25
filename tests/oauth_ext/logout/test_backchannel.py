"""OIDC Back-Channel Logout: every client of a session hears of its end, by every door, whoever is down (T57, T58)."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.dev.process import free_port
from idp.models import Session
from idp.outbox.models import OutboxMessage
from idp.outbox.worker import Worker
from idp.sessions import lapses
from idp.sessions import services as sessions
from idp.users import services as users
from oauth_ext.clients.models import Application
from oauth_ext.keys import services as keys
from oauth_ext.logout.backchannel import TOPIC
from oauth_ext.logout.logout_token import EVENT
from tests.factories import make_client, make_user
from tests.oauth_ext.token_endpoint import SignedIn, post, signed_in
from tests.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10


@pytest.fixture(autouse=True)
def loopback_is_reached(settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def start_party() -> Iterator[Callable[..., RelyingParty]]:
    """A function that starts a relying party; each ends with the test."""
    with ExitStack() as running:

        def start(**manners: float) -> RelyingParty:
            party: RelyingParty = running.enter_context(RelyingParty(**manners))  # type: ignore[arg-type]
            return party

        yield start


@pytest.fixture
def party(start_party: Callable[[], RelyingParty]) -> RelyingParty:
    return start_party()


def app(client_id: str, uri: str, **spec) -> Application:
    return make_client(client_id, trusted=True, default_scopes=["openid"], backchannel_logout_uri=uri, **spec)


def claims_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    decoded = jwt.decode(token, KeySet.import_key_set(json.loads(keys.jwks())), algorithms=["RS256", "ES256"])
    return decoded.header, decoded.claims


def work() -> None:
    Worker().once()


def work_beside() -> None:
    work()
    connections.close_all()  # a thread has a connection of its own


def sid_of(person: SignedIn) -> str:
    return str(claims_of(person.tokens["id_token"])[1]["sid"])


def test_BCL_2_4_the_token_is_of_this_session_by_the_clients_own_names(party: RelyingParty, settings):
    person = signed_in(app("app", party.uri, algorithm="ES256"), scope="openid")
    sessions.end(person.session.pk)
    work()
    (token,) = party.tokens
    header, claims = claims_of(token)
    assert (header["typ"], header["alg"]) == ("logout+jwt", "ES256")
    assert (claims["iss"], claims["aud"]) == (settings.ISSUER_URL, "app")
    assert claims["sid"] == sid_of(person)
    assert claims["sub"] == claims_of(person.tokens["id_token"])[1]["sub"]
    assert claims["events"] == {EVENT: {}}
    assert 0 < claims["exp"] - claims["iat"] <= 120
    assert claims["jti"]
    assert "nonce" not in claims


def test_T57_three_parties_of_which_one_is_down_and_one_is_slow(start_party):
    well, slow = start_party(), start_party(delay=2)
    user, browser = make_user(), Client()
    people = [
        signed_in(app(name, uri), user, browser=browser, scope="openid")
        for name, uri in (
            ("down", f"http://127.0.0.1:{free_port()}/logout"),
            ("slow", slow.uri),
            ("well", well.uri),
        )
    ]
    session = Session.objects.get(ended_at=None)
    sessions.end(session.pk)
    began = time.monotonic()
    worker = threading.Thread(target=work_beside)
    worker.start()
    while not well.tokens and time.monotonic() < began + PATIENCE:
        time.sleep(0.02)
    assert time.monotonic() - began < 2, "the one that is well waits for nobody"
    worker.join()
    assert [claims_of(token)[1]["sid"] for token in (*slow.tokens, *well.tokens)] == [
        sid_of(person) for person in people[1:]
    ]
    assert len({sid_of(person) for person in people}) == 3, "each client knows the session by another name"
    (waiting,) = OutboxMessage.objects.filter(topic=TOPIC, done_at=None)
    assert waiting.recipient == f"client {people[0].client.pk}"
    assert waiting.attempts == 1
    assert waiting.last_error == "Unreachable"
    assert waiting.due_at > timezone.now()

    back = start_party()
    Application.objects.filter(client_id="down").update(backchannel_logout_uri=back.uri)
    OutboxMessage.objects.update(due_at=timezone.now())
    work()
    assert len(back.tokens) == 1
    assert len(well.tokens) == 1, "nobody is told twice"


@pytest.mark.parametrize("status", [302, 400, 500])
def test_T58_no_redirect_is_followed_and_what_is_no_yes_is_tried_again(status: int, start_party):
    party = start_party(status=status)
    person = signed_in(app("app", party.uri), scope="openid")
    sessions.end(person.session.pk)
    work()
    assert len(party.tokens) == 1
    message = OutboxMessage.objects.get(topic=TOPIC)
    assert (message.done_at, message.attempts, message.last_error) == (None, 1, "NotLoggedOut")


def test_T58_nothing_private_is_asked(party: RelyingParty, settings):
    person = signed_in(app("app", party.uri), scope="openid")
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    sessions.end(person.session.pk)
    work()
    assert party.tokens == []
    assert OutboxMessage.objects.get(topic=TOPIC).last_error == "Unreachable"


def sign_out_page(person: SignedIn) -> None:
    assert person.browser.post("/accounts/logout/").status_code == 303


def rp_initiated(person: SignedIn) -> None:
    hint = {"id_token_hint": person.tokens["id_token"], "client_id": person.client.client_id}
    assert person.browser.get("/o/logout/", hint).status_code == 200


def by_token(person: SignedIn) -> None:
    assert post("/api/logout/", authorization=f"Bearer {person.access_token}").status == 200


def idle(person: SignedIn) -> None:
    Session.objects.update(idle_end=timezone.now() - timedelta(seconds=1))
    assert lapses.end_lapsed() == 1


def absolute(person: SignedIn) -> None:
    Session.objects.update(absolute_end=timezone.now() - timedelta(seconds=1))
    assert lapses.end_lapsed() == 1


DOORS: dict[str, Callable[[SignedIn], object]] = {
    "the page": sign_out_page,
    "a client": rp_initiated,
    "a token": by_token,
    "a new password": lambda person: users.set_password(person.user, "another-password-entirely"),
    "deactivation": lambda person: users.deactivate(person.user),
    "everywhere": lambda person: users.sign_out_everywhere(person.user),
    "not used": idle,
    "too old": absolute,
}


@pytest.mark.parametrize("door", DOORS)
def test_T57_from_every_door(door: str, party: RelyingParty):
    person = signed_in(app("app", party.uri), scope="openid")
    work()
    assert party.tokens == []
    DOORS[door](person)
    work()
    assert len(party.tokens) == 1
    assert Session.objects.get().ended_at is not None


def test_T57_only_clients_of_this_session_are_told(party: RelyingParty):
    alice = make_user()
    client = app("app", party.uri)
    here, there = signed_in(client, alice, scope="openid"), signed_in(client, alice, scope="openid")
    quiet = make_client("quiet", trusted=True, default_scopes=["openid"])
    signed_in(quiet, alice, browser=here.browser, scope="openid")
    sessions.end(here.session.pk)
    work()
    assert [claims_of(token)[1]["sid"] for token in party.tokens] == [sid_of(here)]
    assert there.is_live()


def test_what_rolls_back_tells_nobody(party: RelyingParty):
    person = signed_in(app("app", party.uri), scope="openid")
    sessions.end(person.session.pk)
    assert not sessions.end(person.session.pk), "it has ended already"
    work()
    assert len(party.tokens) == 1


def test_a_client_switched_off_meanwhile_is_not_told(party: RelyingParty):
    person = signed_in(app("app", party.uri), scope="openid")
    sessions.end(person.session.pk)
    Application.objects.update(is_active=False)
    work()
    assert party.tokens == []


def test_T49_a_pairwise_client_hears_its_own_name(party: RelyingParty):
    client = app("app", party.uri, subject_type="pairwise")
    person = signed_in(client, scope="openid")
    sessions.end(person.session.pk)
    work()
    told = claims_of(party.tokens[0])[1]["sub"]
    assert told == claims_of(person.tokens["id_token"])[1]["sub"] != str(person.user.sub)
