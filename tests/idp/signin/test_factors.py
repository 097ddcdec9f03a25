"""The pages of one's own factors: only for whoever has just shown who they are."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from idp.factors import recovery_codes, totp
from idp.factors.models import AuthenticatorApp, Passkey
from idp.models import Session
from idp.sessions import services as sessions
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
LIST = "/accounts/factors/"
PAGES = [
    LIST,
    f"{LIST}app/",
    f"{LIST}app/remove/",
    f"{LIST}passkeys/add/",
    f"{LIST}passkeys/1/",
    f"{LIST}passkeys/1/remove/",
    f"{LIST}recovery-codes/",
]


def methods_of(client, path):
    return (client.get,) if path == LIST else (client.get, client.post)


def set_up(client):
    client.post(f"{LIST}app/")
    page = client.get(f"{LIST}app/").content.decode()
    raw = totp.base64.b32decode(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))
    return raw, client.post(f"{LIST}app/", {"code": totp.code(raw, totp.counter_now())})


def add_passkey(client, name="Phone"):
    device = SoftPasskey()
    options = client.post(f"{LIST}passkeys/options/").json()
    return device, client.post(f"{LIST}passkeys/add/", {"name": name, "credential": json.dumps(device.create(options))})


@pytest.mark.parametrize("path", PAGES)
def test_T59_strangers_and_those_who_signed_in_long_ago_prove_themselves_first(path, client, alice, sign_in):
    for method in methods_of(client, path):
        assert method(path).headers["Location"].startswith("/accounts/login/?next=%2Faccounts%2Ffactors%2F")
    sign_in(alice)
    Session.objects.update(auth_time=timezone.now() - timedelta(minutes=6))
    for method in methods_of(client, path):
        assert method(path).headers["Location"].startswith("/accounts/login/?next=%2Faccounts%2Ffactors%2F")
    assert not AuthenticatorApp.objects.exists()


@pytest.mark.parametrize("path", PAGES)
def test_T59_who_has_a_second_factor_needs_it_here(path, client, alice, sign_in):
    sign_in(alice)
    set_up(client)
    Session.objects.update(acr="aal1", amr=["pwd"])
    for method in methods_of(client, path):
        assert method(path).headers["Location"].startswith("/accounts/login/?next=")
    assert AuthenticatorApp.objects.exists()


def test_the_script_that_makes_a_passkey_is_told_to_sign_in_first(client, alice):
    response = client.post(f"{LIST}passkeys/options/")
    assert (response.status_code, response.json()) == (403, {"error": "sign_in_first"})


def test_an_app_is_set_up_by_its_first_code(client, alice, sign_in):
    sign_in(alice)
    client.post(f"{LIST}app/")
    assert "This is not the code" in client.post(f"{LIST}app/", {"code": "000000"}).content.decode()
    _, response = set_up(client)
    assert response.headers["Location"] == f"{LIST}?changed"
    session = Session.objects.get()
    assert (session.acr, session.amr) == ("aal2", ["pwd", "otp", "mfa"])
    page = client.get(response.headers["Location"]).content.decode()
    assert "You have no recovery codes" in page
    assert "Sign out everywhere else" in page


def test_T39_adding_one_offers_to_end_everything_else_and_does(client, alice, sign_in, request_of):
    elsewhere = request_of(type(client)())
    sessions.start(elsewhere, alice, amr=["pwd"], acr="aal1")
    sign_in(alice)
    set_up(client)
    assert client.post("/accounts/sign-out-elsewhere/").status_code == 303
    assert client.get(LIST).status_code == 200
    assert sessions.of_user(alice.pk).count() == 1


def test_T39_a_password_that_was_set_meanwhile_ends_this_sign_in_as_well(client, alice, sign_in, request_of):
    sign_in(alice)
    request = request_of(client)
    session = sessions.current(request)
    sessions.users.set_password(type(alice).objects.get(pk=alice.pk), "another one")
    assert session is not None
    sessions.end_others(request)
    assert not sessions.of_user(alice.pk).exists()


def test_a_passkey_is_added_named_and_removed(client, alice, sign_in):
    sign_in(alice)
    _, response = add_passkey(client, name="<My phone>")
    assert response.headers["Location"] == f"{LIST}?changed"
    row = Passkey.objects.get()
    assert "&lt;My phone&gt;" in client.get(LIST).content.decode()
    assert Session.objects.get().acr == "phr"
    client.post(f"{LIST}passkeys/{row.pk}/", {"name": "Work"})
    assert "Work" in client.get(f"{LIST}passkeys/{row.pk}/remove/").content.decode()
    client.post(f"{LIST}passkeys/{row.pk}/remove/")
    assert not Passkey.objects.exists()
    assert client.post(f"{LIST}passkeys/{row.pk}/remove/").status_code == 404


def test_the_last_way_in_is_kept(client, alice, sign_in):
    sign_in(alice)
    add_passkey(client)
    alice.set_unusable_password()
    alice.save()
    path = f"{LIST}passkeys/{Passkey.objects.get().pk}/remove/"
    assert "Add one first" in client.post(path).content.decode()
    assert Passkey.objects.exists()


def test_nobody_elses_passkey_is_there(client, alice, boss, sign_in):
    sign_in(alice)
    add_passkey(client)
    row = Passkey.objects.get()
    sign_in(boss)
    for path in (f"{LIST}passkeys/{row.pk}/", f"{LIST}passkeys/{row.pk}/remove/"):
        assert client.get(path).status_code == client.post(path, {"name": "x"}).status_code == 404
    assert Passkey.objects.get().name == "Phone"


def test_a_passkey_that_is_none_is_said(client, alice, sign_in):
    sign_in(alice)
    assert "No passkey was made" in client.post(f"{LIST}passkeys/add/", {"credential": "{}"}).content.decode()


def test_T73_recovery_codes_are_shown_once_to_who_has_something_to_recover(client, alice, sign_in):
    sign_in(alice)
    assert client.post(f"{LIST}recovery-codes/").status_code == 303
    set_up(client)
    shown = client.post(f"{LIST}recovery-codes/")
    assert len(re.findall(r"<li><code>[A-Z]{5}-[A-Z]{5}</code>", shown.content.decode())) == 10
    assert "no-store" in shown.headers["Cache-Control"]
    assert client.get(f"{LIST}recovery-codes/").headers["Location"] == LIST
    client.post(f"{LIST}app/remove/")
    assert recovery_codes.left(alice.pk) == 0
