"""Whoever completes a sign-in keeps an account that was to be deleted; once it is due, nobody does."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from idp.factors import authenticator_app, passkeys, totp
from idp.models import AuditEvent, Session, User
from idp.outbox import services as outbox
from idp.providers import identities
from idp.providers.services import Proof
from idp.signin import resets
from idp.users import deletion
from idp.users import services as users
from tests.idp.providers.conftest import declare, example, other, there_and_back  # noqa: F401 - fixtures
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
STEP = "/accounts/second-factor/"


@pytest.fixture
def device(alice):
    """Alice's passkey."""
    made = SoftPasskey()
    begun = passkeys.begin_adding(alice)
    passkeys.add(alice, "Phone", begun.state, made.create(begun.options))
    return made


@pytest.fixture
def linked(alice, other):  # noqa: F811
    """Alice, known by another provider."""
    identities.link(alice, Proof("example", other.issuer, "1001", "aal1", []))


@pytest.fixture
def closed(alice):
    """Alice, whose account is to be deleted in two weeks."""
    deletion.ask(alice)
    return alice


def is_kept() -> bool:
    return User.objects.get(username="alice").deletion_due_at is None


def by_passkey(client, device):
    options = client.post("/accounts/passkeys/options/", {"anyone": ""}).json()
    device.count += 1
    return client.post("/accounts/login/", {"credential": json.dumps(device.get(options))})


def fall_due() -> None:
    User.objects.update(deletion_due_at=timezone.now())


def test_a_password_keeps_it_and_a_wrong_one_does_not(closed, client, type_in):
    assert type_in("alice", "wrong").status_code == 200
    assert not is_kept()
    assert type_in("alice", "alicepass").status_code == 303
    assert is_kept()
    assert b"Hello, alice" in client.get("/").content
    event = AuditEvent.objects.get(event="deletion_called_off")
    assert (event.by_user, event.for_user) == (closed.sub, closed.sub)
    while outbox.run_once():
        pass
    assert "Your account will not be deleted" in [message.subject for message in mail.outbox]


def test_half_a_sign_in_does_not(alice, client, type_in):
    raw = totp.base64.b32decode(authenticator_app.begin(alice, issuer="x").secret)
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now() - 1))
    deletion.ask(alice)
    type_in("alice", "alicepass")
    client.post(STEP, {"code": "000000"})
    assert not is_kept()
    assert client.post(STEP, {"code": totp.code(raw, totp.counter_now())}).status_code == 303
    assert is_kept()


def test_half_a_sign_in_from_before_goes_no_further(alice, client, type_in):
    raw = totp.base64.b32decode(authenticator_app.begin(alice, issuer="x").secret)
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now() - 1))
    type_in("alice", "alicepass")
    deletion.ask(alice)
    client.post(STEP, {"code": totp.code(raw, totp.counter_now())})
    assert not is_kept()
    assert not Session.objects.exists()


def test_half_a_sign_in_ends_when_it_falls_due(alice, client, type_in):
    raw = totp.base64.b32decode(authenticator_app.begin(alice, issuer="x").secret)
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now() - 1))
    deletion.ask(alice)
    type_in("alice", "alicepass")
    fall_due()
    client.post(STEP, {"code": totp.code(raw, totp.counter_now())})
    assert not Session.objects.exists()


def test_a_passkey_alone_keeps_it(device, closed, client):
    assert by_passkey(client, device).status_code == 303
    assert is_kept()


def test_another_provider_keeps_it(linked, example, other, closed, client):  # noqa: F811
    assert there_and_back(client, other)["Location"] == "/"
    assert is_kept()


def test_a_new_password_alone_does_not(closed):
    users.set_password(closed, "seven brown owls on a tin roof")
    assert not is_kept()


def test_T71_when_it_is_due_it_is_refused_as_if_there_were_none(late, client, type_in):
    def answer(name: str) -> tuple[int, str]:
        response = type_in(name, "latepass")
        return response.status_code, response.text.replace(name, "?")

    (status, known), (_, unknown) = answer("late"), answer("stranger")
    assert status == 200
    assert "This name and password do not go together" in known
    assert _without_token(known) == _without_token(unknown)
    assert not Session.objects.exists()


def _without_token(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_when_it_is_due_neither_passkey_nor_provider_open_it(device, linked, example, other, client):  # noqa: F811
    fall_due()
    assert b"This passkey did not work here" in by_passkey(client, device).content
    assert b"This account is switched off" in there_and_back(client, other).content
    assert not Session.objects.exists()
    assert not is_kept()


def test_when_it_is_due_no_reset_is_mailed(late):
    resets.ask("late@example.com")
    resets.send_to(late)
    while outbox.run_once():
        pass
    assert [message.subject for message in mail.outbox] == ["No account with this address"]


def test_falling_due_in_the_last_moment_of_a_sign_in_leads_back_to_its_beginning(late, client, type_in, monkeypatch):
    """The password was right while it could still be kept; the row says otherwise when the session is to be written."""
    monkeypatch.setattr(User, "is_open", property(lambda _: True))
    response = type_in("late", "latepass")
    assert (response.status_code, response["Location"]) == (303, "/accounts/login/")
    assert not Session.objects.exists()
    assert b"You are not signed in" in client.get("/").content


def test_signing_in_after_the_worker_was_there_is_that_of_a_stranger(closed, type_in):
    User.objects.update(deletion_due_at=timezone.now() - timedelta(seconds=1))
    deletion.delete_due()
    assert b"This name and password do not go together" in type_in("alice", "alicepass").content
