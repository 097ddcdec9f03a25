"""A forgotten password: asked for by anybody, mailed to whoever reads the mailbox, used once."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.sessions.models import Session
from idp.users import services as users

pytestmark = pytest.mark.django_db

NEW = "a new and rather long one"


@pytest.fixture
def ask(client):
    """A function that asks for a link and returns the page that follows."""

    def send(email, **environ):
        response = client.post("/accounts/password/reset/", {"email": email}, **environ)
        assert (response.status_code, response.headers["Location"]) == (303, "/accounts/password/reset/done/")
        return client.get(response.headers["Location"])

    return send


def link_of(message) -> str:
    """The path in a mail; the link is at the issuer."""
    found = re.search(r"http://localhost:8000(/\S+)", message.body)
    assert found
    return found[1]


def test_T75_the_round_trip_once(alice, client, ask, type_in, request_of):
    type_in("alice", "alicepass")
    elsewhere = Session.objects.get()
    client.post("/accounts/logout/")
    assert outbox.run_once() == 1, "the end of that session"
    ask("Alice@Example.com", HTTP_HOST="testserver")
    assert mail.outbox == []
    assert outbox.run_once() == 2
    message = mail.outbox[0]
    assert message.to == ["alice@example.com"]
    assert message.subject == "Set a new password"
    page = client.get(link_of(message), follow=True)
    path = page.redirect_chain[-1][0]
    assert path.endswith("-set-password/")
    assert "Set a new password" in page.content.decode()
    response = client.post(path, {"password1": NEW, "password2": NEW})
    assert response.status_code == 303
    assert "Your password is set" in client.get(response.headers["Location"]).content.decode()
    epoch = alice.epoch
    alice.refresh_from_db()
    assert alice.epoch == epoch + 1
    assert elsewhere.user_epoch < alice.epoch
    assert type_in("alice", "alicepass").status_code == 200
    assert type_in("alice", NEW).status_code == 303
    used = client.get(link_of(message), follow=True)
    assert "This link no longer works" in used.content.decode()


def test_T75_setting_a_password_ends_every_sign_in_signs_nobody_in_and_is_told(alice, client, ask, type_in):
    type_in("alice", "alicepass")
    cookies = client.cookies.copy()
    ask("alice@example.com")
    outbox.run_once()
    client.cookies.clear()
    path = client.get(link_of(mail.outbox[0])).headers["Location"]
    client.post(path, {"password1": NEW, "password2": NEW})
    assert b"You are not signed in" in client.get("/").content
    client.cookies = cookies
    assert b"You are not signed in" in client.get("/").content
    outbox.run_once()
    assert mail.outbox[-1].subject == "Your password was changed"


def test_T75_a_link_that_another_one_has_overtaken_sets_nothing(alice, client, ask, monkeypatch):
    ask("alice@example.com")
    outbox.run_once()
    path = client.get(link_of(mail.outbox[0])).headers["Location"]
    real = users.set_password

    def slower(user, password):
        real(type(user).objects.get(pk=user.pk), "the one of the other link")
        real(user, password)

    monkeypatch.setattr("idp.signin.adapter.users.set_password", slower)
    page = client.post(path, {"password1": NEW, "password2": NEW})
    assert "This link no longer works" in page.text
    alice.refresh_from_db()
    assert alice.check_password("the one of the other link")


def test_T40_asking_does_and_says_the_same_for_everyone(alice, gone, client, ask):
    pages, statements = set(), set()
    ask("warm@example.com")
    for email in ("alice@example.com", "gone@example.com", "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pages.add(ask(email).content)
        statements.add(tuple(re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries))
    assert len(pages) == 1
    assert len(statements) == 1
    outbox.run_once()
    told = {message.to[0]: message.subject for message in mail.outbox}
    assert told["alice@example.com"] == "Set a new password"
    assert told["gone@example.com"] == told["nobody@example.com"] == "No account with this address"
    assert all("http" not in message.body for message in mail.outbox if message.subject != "Set a new password")


def test_a_shared_mailbox_gets_a_link_for_each(alice, ask):
    users.create_user("alias", "aliaspass", email="Alice@example.com")
    ask("alice@example.com")
    outbox.run_once()
    assert sorted(message.body.split()[1] for message in mail.outbox) == ["alias,", "alice,"]


def test_the_link_is_not_in_the_table_in_clear(alice, ask):
    ask("alice@example.com")
    outbox.run_once()
    kept = " ".join(OutboxMessage.objects.values_list("payload", flat=True))
    assert "alice@example.com" not in kept
    assert link_of(mail.outbox[0]) not in kept


def test_a_link_ends_after_an_hour(alice, client, ask, settings):
    ask("alice@example.com")
    outbox.run_once()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "no longer works" in client.get(link_of(mail.outbox[0]), follow=True).content.decode()


@pytest.mark.parametrize("path", ["1-x", "zzzzzzzzzzzzzz-abc-def", "0-set-password", "1-set-password", "1-%00"])
def test_a_damaged_link_says_so(client, path):
    response = client.get(f"/accounts/password/reset/key/{path}/")
    assert response.status_code == 200
    assert "This link no longer works" in response.content.decode()


def test_a_weak_or_mistyped_password_is_refused_at_its_field(alice, client, ask):
    ask("alice@example.com")
    outbox.run_once()
    path = client.get(link_of(mail.outbox[0])).headers["Location"]
    page = client.post(path, {"password1": "password", "password2": "password"}).content.decode()
    assert 'aria-describedby="id_password1_error"' in page
    page = client.post(path, {"password1": NEW, "password2": "other"}).content.decode()
    assert 'aria-describedby="id_password2_error"' in page
    alice.refresh_from_db()
    assert alice.check_password("alicepass")


@pytest.mark.parametrize("email", ["", "no address", "a\0b@example.com", "a" * 500 + "@example.com", "a@b\r\nBcc: c@d"])
def test_what_is_no_address_is_refused(client, email):
    page = client.post("/accounts/password/reset/", {"email": email})
    assert page.status_code == 200
    assert 'aria-describedby="id_email_error"' in page.content.decode()
    assert not OutboxMessage.objects.exists()


def test_a_mailbox_is_not_flooded(alice, client, ask):
    for number in range(3):
        ask("alice@example.com", REMOTE_ADDR=f"192.0.2.{number}")
    response = client.post("/accounts/password/reset/", {"email": " ALICE@example.com"}, REMOTE_ADDR="192.0.2.9")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 1200
    assert OutboxMessage.objects.count() == 3
    ask("boss@example.com", REMOTE_ADDR="192.0.2.9")


def test_messages_are_sent_when_the_worker_works(alice, ask):
    ask("alice@example.com")
    assert OutboxMessage.objects.filter(done_at=None, due_at__lte=timezone.now()).count() == 1


def test_the_mail_is_in_the_language_of_the_page(alice, ask):
    ask("alice@example.com", HTTP_ACCEPT_LANGUAGE="de")
    ask("nobody@example.com", HTTP_ACCEPT_LANGUAGE="de")
    for _ in range(4):
        outbox.run_once()
    subjects = [message.subject for message in mail.outbox]
    assert subjects == ["Ein neues Passwort setzen", "Kein Konto mit dieser Adresse"]
