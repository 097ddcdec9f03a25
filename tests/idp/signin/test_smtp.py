"""Mail over the wire: to a server that speaks TLS, one that says no, and one that says nothing."""

import email
import email.policy
import re
import smtplib
import socket
import ssl
from datetime import timedelta

import pytest
import trustme
from aiosmtpd.controller import Controller
from django.utils import timezone, translation

from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.signin import mail
from idp.users.notices import Notice, tell
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class Mailbox:
    """Keeps what comes; says `no` as long as it has any."""

    def __init__(self):
        self.received, self.no, self.encrypted = [], [], []

    async def handle_DATA(self, _server, session, envelope):
        if self.no:
            return self.no.pop()
        self.encrypted.append(session.ssl is not None)
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def mailbox(settings, authority, tmp_path, monkeypatch, free_tcp_port):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    box = Mailbox()
    server = Controller(box, hostname="localhost", port=free_tcp_port, tls_context=context, require_starttls=True)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", free_tcp_port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = True, 2
    yield box
    server.stop()


def work():
    while outbox.run_once():
        pass


def test_a_mail_goes_by_tls_as_text_and_as_a_page(mailbox):
    tell(make_user(email="alice@example.com"), Notice.FACTOR_ADDED, name="<My> phone")
    work()
    (message,) = mailbox.received
    assert mailbox.encrypted == [True]
    assert (message["To"], message["Subject"]) == ("alice@example.com", "A way to sign in was added to your account")
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", message["Message-ID"])
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "<My> phone" in text
    assert "&lt;My&gt; phone" in page
    assert '<html lang="en">' in page
    assert not re.search(r"<img|<script|<link|url\(|src=", page)


def test_a_server_that_says_no_gets_the_same_message_again(mailbox):
    mailbox.no = ["451 later"]
    mail.put(["alice@example.com"], "Hello", "Hello alice,\n\nBCDF-GHJK\n")
    (row,) = OutboxMessage.objects.all()
    assert outbox.run_once() == 0
    row.refresh_from_db()
    assert (row.done_at, row.attempts, mailbox.received) == (None, 1, [])
    assert row.due_at > timezone.now()
    for again in range(2):  # as if we had died before we could write down that it was sent
        OutboxMessage.objects.update(due_at=timezone.now() - timedelta(seconds=1), done_at=None)
        assert outbox.run_once() == 1, again
    first, second = mailbox.received
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_nobody_vouches_for_is_sent_nothing(mailbox, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    mail.put(["alice@example.com"], "Hello", "Hello")
    assert outbox.run_once() == 0
    assert OutboxMessage.objects.get().last_error == "SSLCertVerificationError"
    assert mailbox.received == []


def test_a_server_that_says_nothing_is_not_waited_for(settings):
    with socket.create_server(("localhost", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        mail.put(["alice@example.com"], "Hello", "Hello")
        assert outbox.run_once() == 0
    assert OutboxMessage.objects.get().last_error in {"TimeoutError", smtplib.SMTPServerDisconnected.__name__}


def test_a_link_can_be_pressed_and_a_code_is_large_and_both_are_ours(settings):
    body = f"Hello <b>,\n\n{settings.ISSUER_URL}/accounts/x/\n\nhttps://evil.example/\n\nBCDF-GHJK\n"
    page = mail.html("Subject", body, "de")
    assert f'<a href="{settings.ISSUER_URL}/accounts/x/">' in page
    assert page.count("<a ") == 1
    assert "&lt;b&gt;" in page
    assert re.search(r"font-size: 28px[^>]*>BCDF-GHJK<", page)
    assert '<html lang="de">' in page


def test_it_keeps_the_language_of_whoever_asked(mailbox):
    with translation.override("de"):
        mail.put(["alice@example.com"], "Hallo", "Hallo")
    work()
    assert '<html lang="de">' in mailbox.received[0].get_body(("html",)).get_content()


def test_what_an_older_release_left_behind_is_sent_under_one_id(mailbox):
    outbox.put(mail.TOPIC, {"to": ["alice@example.com"], "subject": "Hello", "body": "Hello alice"})
    for _again in range(2):
        OutboxMessage.objects.update(due_at=timezone.now() - timedelta(seconds=1), done_at=None)
        assert outbox.run_once() == 1
    first, second = mailbox.received
    assert first["Message-ID"] == second["Message-ID"]
