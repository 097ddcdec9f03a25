import pytest
from django.core import mail
from django.utils import timezone

from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.users.notices import TOPIC, Notice, tell
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FACTS = {"name": "Work phone", "browser": "Firefox", "network": "192.0.2.0/24", "when": "2026-12-24 18:00 UTC"}


@pytest.mark.parametrize("notice", list(Notice))
def test_each_notice_is_a_mail_that_names_the_account_and_what_to_do(notice):
    tell(make_user(email="alice@example.com"), notice, **FACTS)
    assert mail.outbox == []
    while outbox.run_once():
        pass
    (message,) = mail.outbox
    assert message.to == ["alice@example.com"]
    assert message.subject and "\n" not in message.subject
    assert message.body.startswith("Hello alice,")
    assert "If it was not you" in message.body


def test_what_it_is_about_is_named():
    tell(make_user(email="alice@example.com"), Notice.FACTOR_ADDED, name="<Work & phone>")
    while outbox.run_once():
        pass
    assert "<Work & phone>" in mail.outbox[0].body


def test_an_account_without_address_leaves_nothing_behind():
    tell(make_user(), Notice.PASSWORD_CHANGED)
    assert not OutboxMessage.objects.exists()


def test_a_worker_that_dies_between_writing_the_mail_and_noting_it_writes_the_same_mail_again():
    tell(make_user(email="alice@example.com"), Notice.PASSWORD_CHANGED)
    for _again in range(2):
        OutboxMessage.objects.filter(topic=TOPIC).update(due_at=timezone.now(), done_at=None)
        while outbox.run_once():
            pass
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_what_an_older_release_left_behind_is_told():
    user = make_user(email="alice@example.com")
    outbox.put(TOPIC, {"user": user.pk, "notice": Notice.PASSWORD_CHANGED.value, "facts": {}})
    while outbox.run_once():
        pass
    assert mail.outbox[0].to == ["alice@example.com"]
