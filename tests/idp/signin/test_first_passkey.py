"""A new account with a passkey in place of a password: both or neither, and only behind a proved address."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from idp.audit.models import AuditEvent
from idp.factors.models import Passkey
from idp.outbox import services as outbox
from idp.sessions.models import Session
from idp.users import services as users
from idp.users.models import User
from oauth_ext import metadata
from oauth_ext.clients.models import Application
from tests.factories import PASSWORD, authorization_parameters, make_client, pkce, sign_in
from tests.passkey import FLAG, SoftPasskey

pytestmark = pytest.mark.django_db
PAGE = "/accounts/signup/"
VERIFY = "/accounts/verify-email/"
MAKE = "/accounts/signup/passkey/"
OPTIONS = f"{MAKE}options/"


@pytest.fixture(autouse=True)
def may_sign_up(settings):
    settings.SIGN_UP = True
    metadata.authorization_server.cache_clear()
    yield
    metadata.authorization_server.cache_clear()


def typed(browser: Client, username="carol", email="carol@example.com", *, at=PAGE, **more: str):
    """The answer to the form's other button; a password that was typed counts for nothing."""
    return browser.post(at, {"username": username, "email": email, "password1": "short", "passkey": "1"} | more)


def mailed_code() -> str:
    while outbox.run_once():
        pass
    found = re.search(r"^[B-Z]{4}-[B-Z]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def proved(browser: Client, *, at=PAGE, **more: str) -> str:
    """Where the browser is led once the code was right."""
    answer = typed(browser, at=at, **more)
    assert (answer.status_code, answer.headers["Location"].startswith(VERIFY)) == (303, True)
    answer = browser.post(answer.headers["Location"], {"code": mailed_code()} | more)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def options(browser: Client) -> dict[str, object]:
    answer = browser.post(OPTIONS)
    assert answer.status_code == 200
    return dict(answer.json())


def made(browser: Client, device: SoftPasskey | None = None, *, at=MAKE, **more: str):
    """The answer to a passkey that the browser made."""
    created = (device or SoftPasskey()).create(options(browser))
    return browser.post(at, {"credential": json.dumps(created)} | more)


def sent_to_sign_up(browser: Client, app: Application) -> tuple[str, str]:
    """Where a client's `prompt=create` leads, and the way back."""
    query = urlencode(authorization_parameters(app, pkce().challenge, prompt="create"))
    page = browser.get(f"/o/authorize/?{query}").headers["Location"]
    return page, parse_qs(urlsplit(page).query)["next"][0]


def nobody_is_there() -> bool:
    return not any(model.objects.exists() for model in (User, EmailAddress, Passkey, Session, AuditEvent))


def test_T74_the_account_is_made_with_its_passkey_and_signed_in_by_it(client):
    assert proved(client) == MAKE
    assert nobody_is_there()
    device = SoftPasskey()
    answer = made(client, device)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    carol = User.objects.get()
    assert (carol.username, carol.email, carol.role.name, carol.has_usable_password()) == (
        "carol",
        "carol@example.com",
        "user",
        False,
    )
    assert device.handle == carol.sub.bytes, "what the device knows them by"
    kept = EmailAddress.objects.get()
    assert (kept.user, kept.email, kept.verified, kept.primary) == (carol, "carol@example.com", True, True)
    assert Passkey.objects.get().user == carol
    session = Session.objects.get()
    assert (session.user, session.acr, session.amr) == (carol, "phr", ["swk", "user", "mfa"])
    while outbox.run_once():
        pass
    assert [message.subject for message in mail.outbox] == ["Your code for a new account"]

    elsewhere = Client()
    device.count += 1
    asked = elsewhere.post("/accounts/passkeys/options/", {"anyone": ""}).json()
    signed_in = elsewhere.post("/accounts/login/", {"credential": json.dumps(device.get(asked))})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/")
    assert Session.objects.filter(user=carol).count() == 2


def test_T77_amr_says_how_the_key_is_held(client):
    proved(client)
    made(client, SoftPasskey(synced=False))
    assert Session.objects.get().amr == ["hwk", "user", "mfa"]


def test_the_browser_is_asked_for_one_that_can_sign_in_alone(client):
    proved(client)
    asked = options(client)
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "userVerification": "required",
        "requireResidentKey": True,
    }
    assert asked["user"]["name"] == "carol"


def unverified(browser: Client) -> None:
    """A device that doesn't know its holder, also where the challenge was one that does with less."""
    device = SoftPasskey()
    device.flags &= ~FLAG.UV
    assert made(browser, device).status_code == 200


def not_to_be_found(browser: Client) -> None:
    """A key that has to be named first can't sign in by itself."""
    created = SoftPasskey().create(options(browser)) | {"clientExtensionResults": {"credProps": {"rk": False}}}
    assert browser.post(MAKE, {"credential": json.dumps(created)}).status_code == 200


def from_elsewhere(browser: Client) -> None:
    assert made(browser, SoftPasskey(origin="https://evil.example")).status_code == 200


def another_challenge(browser: Client) -> None:
    old = options(browser)
    options(browser)
    assert browser.post(MAKE, {"credential": json.dumps(SoftPasskey().create(old))}).status_code == 200


def nonsense(browser: Client) -> None:
    for sent in ({}, {"credential": ""}, {"credential": "[]"}, {"credential": "{}"}, {"credential": "x" * 20_000}):
        options(browser)
        assert browser.post(MAKE, sent).status_code == 200


@pytest.mark.parametrize("bad", [unverified, not_to_be_found, from_elsewhere, another_challenge, nonsense])
def test_T74_without_a_good_passkey_there_is_no_account_and_one_may_try_again(client, bad):
    proved(client)
    bad(client)
    assert nobody_is_there()
    shown = client.post(MAKE, {"credential": "{}"})
    assert "No passkey was made. Try again." in shown.text
    assert made(client).status_code == 303
    assert User.objects.get().username == "carol"


def test_somebodys_passkey_makes_no_second_account(client):
    device = SoftPasskey()
    other = Client()
    proved(other, username="mallory", email="mallory@example.com")
    made(other, device)
    proved(client)
    assert "No passkey was made. Try again." in made(client, device).text
    assert User.objects.get().username == "mallory"


def test_a_challenge_that_asks_for_less_makes_none(client, alice):
    """One for a second factor, of whoever is signed in and wants another account."""
    sign_in(client, alice)
    page, way_back = sent_to_sign_up(client, make_client("app", trusted=True))
    there = proved(client, at=page, next=way_back)
    asked = client.post("/accounts/passkeys/options/").json()
    assert asked["userVerification"] == "preferred"
    device = SoftPasskey()
    device.flags &= ~FLAG.UV
    created = device.create(asked | {"user": {"id": "AAAA"}})
    answer = client.post(there, {"credential": json.dumps(created), "next": way_back})
    assert "No passkey was made. Try again." in answer.text
    assert User.objects.get() == alice
    assert made(client, at=there, next=way_back).headers["Location"] == way_back
    assert Session.objects.get(ended_at=None).user.username == "carol"


def test_T74_nothing_is_made_before_the_code_nor_in_another_browser(client):
    typed(client)
    assert client.get(MAKE).headers["Location"] == PAGE
    assert client.post(MAKE, {"credential": "{}"}).headers["Location"] == PAGE
    assert client.post(OPTIONS).status_code == 403
    assert 'id="id_code_error"' in client.post(VERIFY, {"code": "BCDF-GHJK"}).text
    assert client.post(OPTIONS).status_code == 403
    proved(client)
    assert Client().post(OPTIONS).status_code == 403
    assert client.get(VERIFY).headers["Location"] == MAKE, "the code was right: it is not asked for again"
    assert nobody_is_there()


def test_T74_a_sign_up_by_password_makes_no_passkey_in_its_place(client):
    client.post(PAGE, {"username": "carol", "email": "carol@example.com", "password1": PASSWORD})
    assert client.post(OPTIONS).status_code == 403
    assert client.get(MAKE).headers["Location"] == PAGE


def test_T74_a_proved_address_waits_ten_minutes_for_its_passkey(client):
    proved(client)
    created = SoftPasskey().create(options(client))
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert client.get(MAKE).headers["Location"] == PAGE
        assert client.post(OPTIONS).status_code == 403
        assert client.post(MAKE, {"credential": json.dumps(created)}).headers["Location"] == PAGE
    assert nobody_is_there()


def test_T71_whoever_was_quicker_keeps_name_and_address(client):
    typed(client)
    code = mailed_code()
    other = users.create_user("carol", PASSWORD, email="other@example.com")
    assert "Somebody has taken this username meanwhile" in client.post(VERIFY, {"code": code}).text
    User.objects.filter(pk=other.pk).update(username="dave", username_key="dave", email="carol@example.com")
    assert "There is an account with this address by now" in client.post(VERIFY, {"code": code}).text
    assert client.post(OPTIONS).status_code == 403, "no device keeps a passkey for nothing"
    User.objects.filter(pk=other.pk).update(email="other@example.com")
    assert client.post(VERIFY, {"code": code}).headers["Location"] == MAKE
    User.objects.filter(pk=other.pk).update(email="carol@example.com")
    assert "There is an account with this address by now" in made(client).text
    User.objects.filter(pk=other.pk).update(username="carol", username_key="carol", email="other@example.com")
    assert "Somebody has taken this username meanwhile" in made(client).text
    assert (User.objects.count(), Passkey.objects.count()) == (1, 0)


def test_a_used_sign_up_is_used(client):
    proved(client)
    created = SoftPasskey().create(options(client))
    assert client.post(MAKE, {"credential": json.dumps(created)}).headers["Location"] == "/"
    client.post("/accounts/logout/")
    assert client.post(MAKE, {"credential": json.dumps(created)}).headers["Location"] == PAGE
    assert User.objects.count() == 1


def test_what_is_wrong_is_said_on_the_same_page_and_a_password_may_be_chosen_after_all(client, alice):
    page = typed(client, "alice")
    assert "This username is taken. Choose another one." in page.text
    assert 'id="id_password1_error"' not in page.text
    assert "short" not in page.text
    assert 'name="password1"' in page.text


def test_without_scripts_there_is_no_such_button(client):
    shown = client.get(PAGE).text
    assert re.search(r'<button type="submit" class="quiet" name="passkey" value="1" data-needs-passkeys hidden>', shown)
    assert shown.index("Continue</button>") < shown.index('name="passkey"'), "Enter presses the first"


def test_create_leads_back_to_the_client_that_wants_a_passkey(client):
    app = make_client("app", name="The App", trusted=True, minimum_acr="phr", accent="#0a6b3d")
    page, way_back = sent_to_sign_up(client, app)
    there = proved(client, at=page, next=way_back)
    shown = client.get(there)
    assert "form-action 'self' https://app.example" in shown.headers["Content-Security-Policy"]
    assert 'href="/theme/0a6b3d-' in shown.text
    answer = made(client, at=there, next=way_back)
    assert answer.headers["Location"] == way_back
    assert parse_qs(urlsplit(client.get(way_back).headers["Location"]).query)["code"]


def test_a_form_from_elsewhere_makes_nobody(client):
    strict = Client(enforce_csrf_checks=True)
    assert typed(strict).status_code == 403
    assert strict.post(OPTIONS).status_code == 403
    assert strict.post(MAKE, {"credential": "{}"}).status_code == 403
