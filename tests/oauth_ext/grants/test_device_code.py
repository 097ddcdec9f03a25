"""The device code grant at the token endpoint (RFC 8628 §3.4, §3.5)."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.models import Session, User
from idp.sessions import services as sessions
from idp.users import services as users
from oauth_ext.authorization.device.cleaning import clean_device_grants
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients import services as clients
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import EndReason, Family, FamilyKind
from oauth_ext.keys import services as keys
from oauth_ext.resources.models import Resource
from tests.factories import make_client, make_user, sign_in
from tests.oauth_ext.authorization.device.steps import GRANT, Device, allowed, answer, make_tv, start
from tests.oauth_ext.token_endpoint import Answer, get, post, token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def error(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body.get("error", "")


def is_live(tokens: dict[str, str]) -> bool:
    return get("/o/userinfo/", tokens["access_token"]).status == 200


def refresh(device: Device, tokens: dict[str, str]) -> Answer:
    return token(device.client, "refresh_token", refresh_token=tokens["refresh_token"])


def soon() -> None:
    """Wait as long as the row says."""
    DeviceGrant.objects.update(next_poll_at=timezone.now())


def test_T42_what_was_allowed_is_bought():
    device = allowed(scope="openid email offline_access")
    answer = device.poll()

    assert answer.status == 200
    assert answer.response.headers["Cache-Control"] == "no-store"
    body = answer.body
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert body["scope"] == "openid email offline_access"
    assert get("/o/userinfo/", body["access_token"]).body["sub"] == str(User.objects.get().sub)
    again = refresh(device, body)
    assert again.status == 200
    assert is_live(again.body)
    family = Family.objects.get()
    assert (family.kind, family.offline, family.session) == (FamilyKind.DEVICE_CODE, True, None)
    assert (family.user, family.client, family.consent) == (User.objects.get(), device.client, Consent.objects.get())
    assert DeviceGrant.objects.get().family == family


def test_the_id_token_tells_how_the_person_who_allowed_it_signed_in():
    body = allowed(scope="openid").poll().body
    claims = jwt.decode(body["id_token"], KeySet.import_key_set(json.loads(keys.jwks())), algorithms=["RS256"]).claims
    session = Session.objects.get()
    assert claims["auth_time"] == int(session.auth_time.timestamp())
    assert (claims["acr"], claims["amr"], claims["aud"]) == (session.acr, session.amr, "tv")
    assert "sid" not in claims, "it is in nobody's browser session"
    assert "nonce" not in claims


def test_without_openid_there_is_no_id_token_and_without_the_grant_no_refresh_token():
    assert "id_token" not in allowed(scope="profile").poll().body
    other = start(make_tv("radio", grant_types=[GRANT]))
    browser = Client()
    sign_in(browser, make_user("bob"))
    answer(browser, other.user_code)
    assert other.poll().body.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token"}


def test_T42_until_somebody_answers_it_is_pending():
    device = start()
    for _ in range(3):
        assert error(device.poll()) == (400, "authorization_pending")
    assert DeviceGrant.objects.get().interval == 5


def test_T42_who_asks_too_soon_waits_five_seconds_longer_each_time():
    device = start()
    assert error(device.poll(waited=False)) == (400, "authorization_pending"), "the first time is never too soon"
    assert error(device.poll(waited=False)) == (400, "slow_down")
    assert DeviceGrant.objects.get().interval == 10
    assert error(device.poll(waited=False)) == (400, "slow_down")
    grant = DeviceGrant.objects.get()
    assert grant.interval == 15
    assert timedelta(seconds=13) < grant.next_poll_at - timezone.now() <= timedelta(seconds=14)
    soon()
    assert error(device.poll(waited=False)) == (400, "authorization_pending")
    grant = DeviceGrant.objects.get()
    assert grant.interval == 15, "for all that follow, too"
    assert timedelta(seconds=13) < grant.next_poll_at - timezone.now() <= timedelta(seconds=14)


def test_a_request_that_is_a_little_early_is_on_time():
    device = start()
    device.poll()
    DeviceGrant.objects.update(next_poll_at=timezone.now() + timedelta(seconds=-0.1))
    assert DeviceGrant.objects.get().interval == 5
    device.poll(waited=False)
    left = DeviceGrant.objects.get().next_poll_at - timezone.now()
    assert timedelta(seconds=3) < left <= timedelta(seconds=4)


def test_an_answer_is_told_however_soon_it_is_asked_for():
    device = start()
    device.poll()
    browser = Client()
    sign_in(browser, make_user())
    answer(browser, device.user_code)
    assert device.poll(waited=False).status == 200


def test_T42_a_denied_code_says_so():
    device = start()
    browser = Client()
    sign_in(browser, make_user())
    answer(browser, device.user_code, "deny")
    for _ in range(2):
        assert error(device.poll()) == (400, "access_denied")
    assert not Family.objects.exists()


@pytest.mark.parametrize("before", [start, allowed])
def test_T42_after_its_end_a_code_buys_nothing(before):
    device = before()
    DeviceGrant.objects.update(expires_at=timezone.now())
    assert error(device.poll()) == (400, "expired_token")
    assert not Family.objects.exists()


def test_T42_a_second_use_buys_nothing_and_ends_what_the_first_bought():
    device = allowed()
    bought = device.poll().body
    assert is_live(bought)
    assert error(device.poll()) == (400, "invalid_grant")
    assert Family.objects.get().end_reason == EndReason.CODE_REPLAY
    assert not is_live(bought)
    assert error(refresh(device, bought)) == (400, "invalid_grant")


def test_T42_a_second_use_long_after_its_end_is_still_known():
    device = allowed()
    bought = device.poll().body
    DeviceGrant.objects.update(expires_at=timezone.now() - 30 * DAY)
    assert clean_device_grants() == 0
    assert error(device.poll()) == (400, "invalid_grant")
    assert not is_live(bought)


@pytest.mark.parametrize("state", ["pending", "allowed", "used"])
def test_T42_another_clients_attempt_changes_nothing(state):
    device = start() if state == "pending" else allowed()
    bought = device.poll().body if state == "used" else None
    other = make_tv("radio")
    before = DeviceGrant.objects.values().get()

    assert error(device.poll(waited=False, client=other)) == (400, "invalid_grant")
    assert DeviceGrant.objects.values().get() == before
    if bought:
        assert is_live(bought)
    elif state == "allowed":
        assert device.poll().status == 200
    else:
        assert error(device.poll()) == (400, "authorization_pending")


def test_T42_what_is_refused_is_refused_in_one_wording():
    device = allowed()
    answers = [
        device.poll(device_code="x" * 43),
        device.poll(client=make_tv("radio")),
        device.poll(device_code=device.user_code),
    ]
    device.poll()
    answers.append(device.poll())
    assert {str(answer.body) for answer in answers} == {str(answers[0].body)}


def test_T35_a_client_without_the_grant_may_not():
    device = allowed()
    assert error(device.poll(client=make_client("app"))) == (400, "unauthorized_client")
    assert error(device.poll(device_code=None)) == (400, "invalid_request")
    assert error(post("/o/token/", grant_type=GRANT, device_code="x")) == (401, "invalid_client")


def test_T12_a_device_code_stands_once():
    device = allowed()
    assert error(device.poll(device_code=[device.device_code, "x"])) == (400, "invalid_request")
    assert device.poll().status == 200


ENDS = {
    "sign-out everywhere": lambda: users.sign_out_everywhere(User.objects.get()),
    "the person is switched off": lambda: users.deactivate(User.objects.get()),
    "the client is switched off": lambda: clients.disable(clients.find("tv")),  # type: ignore[arg-type]
    "the consent is taken back": lambda: consents.revoke(Consent.objects.get().pk),
}


@pytest.mark.parametrize("what", ENDS)
def test_T38_what_ended_between_yes_and_use_buys_nothing(what):
    device = allowed()
    ENDS[what]()
    status, code = error(device.poll())
    assert (status, code) in {(400, "invalid_grant"), (401, "invalid_client")}
    assert not Family.objects.exists()
    if what == "the client is switched off":
        clients.enable(device.client)
        assert error(device.poll()) == (400, "invalid_grant")


@pytest.mark.parametrize("what", ENDS)
def test_T38_what_ends_afterwards_ends_the_device(what):
    device = allowed()
    bought = device.poll().body
    ENDS[what]()
    assert not is_live(bought)
    assert refresh(device, bought).status in {400, 401}


def test_a_client_no_longer_trusted_loses_what_nobody_kept_a_consent_for():
    device = allowed(make_tv(trusted=True))
    bought = device.poll().body
    assert is_live(bought)
    clients.set_trusted(device.client, trusted=False)
    assert not is_live(bought)


@pytest.mark.parametrize("when", ["before", "after"])
def test_signing_out_where_it_was_allowed_leaves_the_device_alone(when):
    device = allowed(scope="openid")
    if when == "before":
        sessions.end(Session.objects.get().pk)
    bought = device.poll().body
    if when == "after":
        sessions.end(Session.objects.get().pk)
    assert is_live(bought)
    assert refresh(device, bought).status == 200


def test_signing_out_at_the_device_leaves_the_browser_alone():
    bought = allowed(scope="openid").poll().body
    assert (
        Client().post("/api/logout/", headers={"authorization": f"Bearer {bought['access_token']}"}).status_code == 200
    )
    assert not is_live(bought)
    assert Session.objects.get().ended_at is None


def test_T32_tokens_are_for_what_was_allowed_and_may_be_narrowed():
    uris = ["https://films.example/", "https://music.example/"]
    for uri in uris:
        Resource.objects.create(uri=uri)
    device = allowed(scope="openid", resource=uris)
    assert error(device.poll(resource="https://other.example/")) == (400, "invalid_target")
    bought = device.poll(resource=uris[0])
    assert bought.status == 200, "the wrong resource cost nothing"
    assert keys.verify(bought.body["access_token"], typ="at+jwt").claims["aud"] == uris[0]
    assert Family.objects.get().resources == uris


@pytest.mark.parametrize(
    ("bought", "deleted"), [("nothing", True), ("a family that lives", False), ("ended", True), ("expired", True)]
)
def test_a_request_is_kept_while_what_it_bought_lives(bought, deleted):
    device = allowed()
    now = timezone.now()
    if bought != "nothing":
        device.poll()
    if bought == "ended":
        Family.objects.update(ended_at=now, end_reason=EndReason.REVOKED)
    if bought == "expired":
        Family.objects.update(expires_at=now - DAY)
    assert clean_device_grants() == 0
    DeviceGrant.objects.update(expires_at=now - 2 * DAY)
    assert clean_device_grants() == int(deleted)
