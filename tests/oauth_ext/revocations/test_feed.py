"""A resource server that believes signatures and this feed alone knows of every end that the rows know of."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.models import AuditEvent
from idp.audit.services import Event
from idp.models import Session, User
from idp.sessions import services as sessions
from idp.users import deletion
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.errors import InvalidToken
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason
from oauth_ext.keys import ring
from oauth_ext.keys import services as keys
from oauth_ext.registration import services as registration
from oauth_ext.revocations import services as revocations
from oauth_ext.revocations.services import Revocation
from oauth_ext.revocations.taken import LONGEST_LIFE
from oauth_ext.tokens.services import judge
from tests.factories import PASSWORD, make_client, make_user, sign_in
from tests.oauth_ext.token_endpoint import SignedIn, get_code, post, signed_in, token

pytestmark = pytest.mark.django_db

SCOPES = ["openid", "offline_access"]


@pytest.fixture(autouse=True)
def keys_are_read_again() -> Iterator[None]:
    """A key that a test found compromised is good in the next one's database."""
    yield
    ring.forget()


def part(token: str, number: int) -> dict[str, Any]:
    segment = token.split(".")[number]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return decoded


def is_meant(token: str, ended: Revocation) -> bool:
    """What a resource server does with an entry: compare, whatever its kind."""
    claims, header = part(token, 1), part(token, 0)
    chain = claims.get("chain", [])
    clients = {claims["client_id"], *(link["client_id"] for link in chain)}
    jtis = {claims["jti"], *(jti for link in chain for jti in link["given"])}
    families = {claims.get("family"), *(link.get("actor") for link in chain)}
    return (
        (ended.family is None or str(ended.family) in families)
        and (ended.sub is None or str(ended.sub) == claims["sub"])
        and (ended.client_id is None or ended.client_id in clients)
        and (ended.jti is None or ended.jti in jtis)
        and (ended.kid is None or ended.kid == header["kid"])
        and (ended.issued_before is None or claims["iat"] < ended.issued_before)
    )


def is_live(token: str) -> bool:
    try:
        judge(token, any_audience=True)
    except InvalidToken:
        return False
    return True


def pairwise(client_id: str) -> Application:
    return make_client(
        client_id,
        client_type="confidential",
        scopes=SCOPES,
        subject_type="pairwise",
        redirect_uris=[f"https://{client_id}.example/callback"],
    )


def own_token(client: Application) -> str:
    return token(client, "client_credentials").body["access_token"]


class Everybody:
    """Two people at two clients, one of them pairwise, and a service: a live token of each."""

    def __init__(self) -> None:
        app, self.other = make_client("app", scopes=SCOPES), pairwise("other")
        alice, bob = make_user("alice"), make_user("bob")
        self.alice = signed_in(app, alice)
        self.tokens = {
            "alice": self.alice.access_token,
            "alice offline": signed_in(app, alice, scope="openid offline_access").access_token,
            "alice elsewhere": signed_in(self.other, alice).access_token,
            "bob": signed_in(app, bob).access_token,
            "service": own_token(
                make_client("service", client_type="confidential", grant_types=["client_credentials"])
            ),
        }


def change_registration(alice: SignedIn) -> None:
    spec = clients.ClientSpec("app", scopes=SCOPES, redirect_uris=["https://app.example/elsewhere"])
    assert registration.replace(alice.client, spec)


def off_and_on(client: Application) -> None:
    clients.disable(client)
    clients.enable(client)


ACTS: dict[str, Callable[[Everybody], object]] = {
    "session ended": lambda all_: sessions.end(all_.alice.session.pk),
    "signed out at the page": lambda all_: all_.alice.browser.post("/accounts/logout/"),
    "refresh token revoked": lambda all_: post(
        "/o/revoke_token/", client=all_.alice.client, token=all_.alice.refresh_token
    ),
    "access token revoked": lambda all_: post(
        "/o/revoke_token/", client=all_.alice.client, token=all_.alice.access_token
    ),
    "service's token revoked": lambda all_: post(
        "/o/revoke_token/", client=Application.objects.get(client_id="service"), token=all_.tokens["service"]
    ),
    "consent revoked": lambda all_: [consents.revoke(pk) for pk in Consent.objects.values_list("pk", flat=True)[:1]],
    "password set": lambda all_: users.set_password(all_.alice.user, PASSWORD + "!"),
    "deactivated": lambda all_: users.deactivate(all_.alice.user),
    "account deleted": lambda all_: deletion.ask(all_.alice.user),
    "signed out everywhere": lambda all_: users.sign_out_everywhere(all_.alice.user),
    "client switched off": lambda all_: clients.disable(all_.alice.client),
    "pairwise client switched off": lambda all_: clients.disable(all_.other),
    "client switched off and on": lambda all_: off_and_on(all_.other),
    "service switched off": lambda all_: clients.disable(Application.objects.get(client_id="service")),
    "client registered otherwise": lambda all_: change_registration(all_.alice),
    "grant ended": lambda all_: families.end(part(all_.tokens["alice offline"], 1)["family"], EndReason.REVOKED),
    "key compromised": lambda all_: keys.mark_compromised(part(all_.tokens["bob"], 0)["kid"]),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_end_is_told_and_nothing_else_is(act: str):
    everybody = Everybody()
    before = revocations.read().position
    ACTS[act](everybody)
    dead = {name for name, each in everybody.tokens.items() if not is_live(each)}
    assert dead
    feed = revocations.read(before)
    assert not feed.more
    told = {name for name, each in everybody.tokens.items() if any(is_meant(each, end) for end in feed.revocations)}
    assert told == dead


def test_a_code_used_twice_ends_what_it_bought_and_that_is_told():
    code = get_code(make_client("app", scopes=SCOPES, trusted=True))
    bought = code.redeem().body["access_token"]
    before = revocations.read().position
    assert code.redeem().status == 400
    (ended,) = revocations.read(before).revocations
    assert is_meant(bought, ended)


def test_what_does_not_end_anything_is_not_told():
    everybody = Everybody()
    before = revocations.read().position
    users.set_role(everybody.alice.user, "admin")
    users.set_profile(everybody.alice.user, first_name="Al")
    clients.add_secret(everybody.other)
    keys.rotate(force=True)
    everybody.alice.refresh()
    signed_in(everybody.alice.client, everybody.alice.user)
    assert revocations.read(before).revocations == []


def test_a_family_that_was_dead_when_it_was_made_is_told_by_its_own_row():
    code = get_code(make_client("app", scopes=SCOPES, trusted=True))
    access_token = code.redeem().body["access_token"]
    before = revocations.read()
    granted = AuditEvent.objects.get(event=Event.GRANTED)
    # as if the grant had been committed after the end of its session had been read
    Session.objects.update(ended_at=timezone.now(), epoch=7)
    position = revocations.Position(granted.pk - 1, before.position.at)
    (ended,) = revocations.read(position).revocations
    assert is_meant(access_token, ended)


def test_a_token_from_after_the_end_is_good_a_few_seconds_later():
    everybody = Everybody()
    before = revocations.read().position
    users.sign_out_everywhere(everybody.alice.user)
    (ended,) = (each for each in revocations.read(before).revocations if each.sub == everybody.alice.user.sub)
    assert ended.issued_before is not None
    later = ended.issued_before - int(timezone.now().timestamp())
    assert 3 <= later <= 5


def test_without_a_position_the_feed_begins_with_the_longest_life_of_a_token():
    make_user("alice")
    user = User.objects.get()
    for _ in range(3):
        users.sign_out_everywhere(user)
    told = revocations.read().revocations
    assert len(told) == 3
    age_the_trail()
    assert revocations.read().revocations == []
    users.sign_out_everywhere(user)
    old = revocations.Position(0, (timezone.now() - LONGEST_LIFE - timedelta(minutes=1)).timestamp())
    assert len(revocations.read(old).revocations) == 1


def age_the_trail() -> None:
    """What was written until now was written long ago: rows are never changed, so they are written again."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE idp_auditevent DISABLE TRIGGER USER")
        AuditEvent.objects.update(at=timezone.now() - LONGEST_LIFE - timedelta(seconds=5))
        cursor.execute("ALTER TABLE idp_auditevent ENABLE TRIGGER USER")


def test_a_poll_where_nothing_happened_is_one_statement(django_assert_num_queries):
    position = revocations.read().position
    with django_assert_num_queries(1):
        found = revocations.read(position)
    assert (found.revocations, found.position.last, found.more) == ([], position.last, False)


def test_many_ends_come_page_by_page_and_none_twice(monkeypatch):
    user = make_user("alice")
    position = revocations.read().position
    for _ in range(205):
        audit.record(Event.SIGNED_OUT_EVERYWHERE, about=audit.Party(user=user.sub))
    found, ats = revocations.read(position), []
    while True:
        ats += [ended.at for ended in found.revocations]
        if not found.more:
            break
        found = revocations.read(found.position)
    assert len(ats) == len(set(ats)) == 205
    monkeypatch.setattr(revocations, "ENOUGH", 3)
    found = revocations.read(position)
    assert (len(found.revocations), found.more) == (4, True)


def test_a_browser_that_signs_in_again_ends_what_it_had():
    everybody = Everybody()
    before = revocations.read().position
    browser: Client = everybody.alice.browser
    sign_in(browser, make_user("carol"))
    told = revocations.read(before).revocations
    assert any(is_meant(everybody.tokens["alice"], ended) for ended in told)
