"""The other half of signing in: asked for, not passed by, told apart, and stated in tokens as it was."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone

from idp.factors import authenticator_app, passkeys, recovery_codes, totp
from idp.models import Session
from idp.signin import reason
from idp.signin.reason import SignInReason
from idp.users import services as users
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
WAY_BACK = "/o/authorize/?id=x"
NEXT = urlencode({"next": WAY_BACK})
STEP = f"/accounts/second-factor/?{NEXT}"


@pytest.fixture
def app(alice):
    """The secret of alice's app."""
    setup = authenticator_app.begin(alice, issuer="x")
    raw = totp.base64.b32decode(setup.secret)
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now() - 1))
    return raw


@pytest.fixture
def device(alice):
    """Alice's passkey."""
    made = SoftPasskey()
    begun = passkeys.begin_adding(alice)
    passkeys.add(alice, "Phone", begun.state, made.create(begun.options))
    return made


@pytest.fixture
def ask(client, request_of):
    """A function that leaves a reason in this browser, as the authorization endpoint does."""

    def leave(**changes):
        request = request_of(client)
        reason.leave(request, SignInReason(**{"way_back": WAY_BACK, "client_name": "Orders", **changes}))
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key

    return leave


def with_passkey(client, device, page, **fields):
    options = client.post("/accounts/passkeys/options/", fields).json()
    device.count += 1
    return client.post(page, {"credential": json.dumps(device.get(options)), "next": WAY_BACK})


def now(raw):
    return totp.code(raw, totp.counter_now())


def session():
    return Session.objects.get(ended_at=None)


def test_a_password_alone_signs_nobody_in_who_has_a_second_factor(client, type_in, app):
    response = type_in("alice", "alicepass", way_back=WAY_BACK)
    assert (response.status_code, response.headers["Location"]) == (303, STEP)
    assert not Session.objects.exists()
    assert b"You are not signed in" in client.get("/").content
    assert client.get("/accounts/factors/").status_code == 303


def test_a_code_completes_it(client, type_in, app):
    type_in("alice", "alicepass", way_back=WAY_BACK)
    wrong = client.post(STEP, {"code": "000000", "next": WAY_BACK})
    assert (wrong.status_code, b"This code is not right" in wrong.content) == (200, True)
    response = client.post(STEP, {"code": now(app), "next": WAY_BACK})
    assert (response.status_code, response.headers["Location"]) == (303, WAY_BACK)
    assert (session().acr, session().amr) == ("aal2", ["pwd", "otp", "mfa"])


def test_T73_a_recovery_code_completes_it_once(alice, client, type_in, app):
    code = recovery_codes.make(alice)[0]
    type_in("alice", "alicepass")
    client.post(STEP, {"code": code})
    assert (session().acr, session().amr) == ("aal2", ["pwd", "mfa"])
    client.post("/accounts/logout/")
    type_in("alice", "alicepass")
    assert client.post(STEP, {"code": code}).status_code == 200
    assert not Session.objects.filter(ended_at=None).exists()


def test_T77_a_passkey_completes_it(client, type_in, device):
    type_in("alice", "alicepass", way_back=WAY_BACK)
    assert with_passkey(client, device, STEP).headers["Location"] == WAY_BACK
    assert (session().acr, session().amr) == ("phr", ["pwd", "swk", "user", "mfa"])


def test_T77_a_passkey_alone_signs_in(alice, client, device):
    response = with_passkey(client, device, f"/accounts/login/?{NEXT}", anyone="")
    assert (response.status_code, response.headers["Location"]) == (303, WAY_BACK)
    assert (session().user, session().acr, session().amr) == (alice, "phr", ["swk", "user", "mfa"])


def test_T77_not_without_showing_who_holds_it(client, device):
    device.flags = device.flags & ~4
    response = with_passkey(client, device, "/accounts/login/", anyone="")
    assert b"This passkey did not work here" in response.content
    assert not Session.objects.exists()


def test_T77_an_answer_is_taken_in_the_browser_that_was_asked(client, device, alice):
    begun = passkeys.begin_using(None)
    response = client.post("/accounts/login/", {"credential": json.dumps(device.get(begun.options))})
    assert b"This passkey did not work here" in response.content
    for typed in ("", "{", "[]", "null", "[" * 9000, "x" * 20_000):
        client.post("/accounts/passkeys/options/", {"anyone": ""})
        assert client.post("/accounts/login/", {"credential": typed}).status_code == 200
    assert not Session.objects.exists()


def test_nobody_elses_passkey_completes_mine(boss, client, type_in, app, device):
    users.set_password(boss, "bosspass")
    authenticator_app.begin(boss, issuer="x")
    authenticator_app.AuthenticatorApp.objects.filter(user=boss).update(confirmed_at=timezone.now())
    type_in("boss", "bosspass")
    assert b"This passkey did not work here" in with_passkey(client, device, STEP).content
    assert not Session.objects.exists()


def test_what_an_earlier_attempt_has_shown_counts_for_nothing(alice, client, type_in, device):
    type_in("alice", "alicepass")
    with_passkey(client, device, "/accounts/login/", anyone="")
    assert session().amr == ["swk", "user", "mfa"]


def test_T75_a_new_password_ends_a_sign_in_that_waits(alice, client, type_in, app):
    type_in("alice", "alicepass", way_back=WAY_BACK)
    users.set_password(alice, "another one")
    response = client.post(STEP, {"code": now(app)})
    assert response.headers["Location"] == f"/accounts/login/?{NEXT}"
    assert not Session.objects.exists()


def test_a_sign_in_that_waits_too_long_begins_again(client, type_in, app, time_machine):
    type_in("alice", "alicepass", way_back=WAY_BACK)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    assert client.post(STEP, {"code": now(app)}).headers["Location"] == f"/accounts/login/?{NEXT}"


def test_the_page_is_for_those_who_have_begun(client, alice):
    assert client.get(STEP).headers["Location"] == f"/accounts/login/?{NEXT}"


def test_T72_codes_are_guessed_five_times(client, type_in, app):
    type_in("alice", "alicepass")
    statuses = [client.post(STEP, {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert client.post(STEP, {"code": now(app)}).status_code == 429


def test_T78_what_a_client_asks_for_is_asked_of_the_signed_in(alice, client, type_in, ask, sign_in, app):
    sign_in(alice)
    ask(acr="aal2")
    assert client.get(f"/accounts/login/?{NEXT}").headers["Location"] == STEP
    assert "Orders asks for a stronger sign-in" in client.get(STEP).content.decode()
    before = session().auth_time
    assert client.post(STEP, {"code": now(app), "next": WAY_BACK}).headers["Location"] == WAY_BACK
    assert (session().acr, session().amr) == ("aal2", ["pwd", "otp", "mfa"])
    assert session().auth_time > before
    assert client.get(f"/accounts/login/?{NEXT}").headers["Location"] == WAY_BACK


def test_T78_a_code_is_not_resistant_to_phishing(alice, client, ask, sign_in, app):
    sign_in(alice)
    ask(acr="phr")
    page = client.get(STEP).content.decode()
    assert "It needs a passkey, and your account has none yet." in page
    assert 'name="code"' not in page
    assert client.post(STEP, {"code": now(app), "next": WAY_BACK}).status_code == 200
    assert session().acr == "aal1"


def test_T78_too_old_and_too_weak_are_asked_for_one_after_the_other(alice, client, ask, sign_in, app):
    sign_in(alice)
    Session.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    ask(acr="aal2", since=timezone.now())
    page = f"/accounts/login/?{NEXT}"
    assert client.get(page).status_code == 200
    assert client.post(page, {"password": "alicepass", "next": WAY_BACK}).headers["Location"] == STEP
    assert client.post(STEP, {"code": now(app), "next": WAY_BACK}).headers["Location"] == WAY_BACK


def test_proving_it_again_takes_nothing_away(alice, client, ask, type_in, app):
    type_in("alice", "alicepass")
    client.post(STEP, {"code": now(app)})
    Session.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    ask(since=timezone.now())
    client.post(f"/accounts/login/?{NEXT}", {"password": "alicepass", "next": WAY_BACK})
    assert (session().acr, session().amr) == ("aal2", ["pwd", "otp", "mfa"])


def test_a_passkey_proves_it_again(alice, client, ask, sign_in, device):
    sign_in(alice)
    Session.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    ask(since=timezone.now())
    assert with_passkey(client, device, f"/accounts/login/?{NEXT}").headers["Location"] == WAY_BACK
    assert session().acr == "phr"


def test_questions_for_a_passkey_are_counted_for_they_are_kept(client, settings):
    settings.RATE_LIMIT_FACTOR = 1
    statuses = [client.post("/accounts/passkeys/options/", {"anyone": ""}).status_code for _ in range(340)]
    assert set(statuses[:300]) == {200}
    assert 429 in statuses, "while one more may pass each second"
