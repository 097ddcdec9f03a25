"""Two who add or prove an address at once: the database says who was first."""

import pytest
from allauth.account.models import EmailAddress

from idp.audit.models import AuditEvent
from idp.users import email_codes, emails
from idp.users.errors import TooManyAddresses, WrongCode
from tests.factories import make_user
from tests.side_by_side import waiting

ADDRESS = "shared@example.com"


@pytest.mark.django_db(transaction=True)
def test_one_code_is_used_once_by_two_at_once():
    alice = make_user()
    EmailAddress.objects.create(user=alice, email=ADDRESS)
    code = email_codes.make(alice, ADDRESS)
    with waiting(lambda: emails.verify(alice, ADDRESS, code)) as outcome:
        emails.verify(alice, ADDRESS, code)
    assert [type(answer) for answer in outcome] == [WrongCode]
    assert AuditEvent.objects.filter(event="email_verified").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_prove_one_address_at_once_one_has_it():
    alice, bob = make_user("alice"), make_user("bob")
    codes = {}
    for person in (alice, bob):
        EmailAddress.objects.create(user=person, email=ADDRESS)
        codes[person.pk] = email_codes.make(person, ADDRESS)
    with waiting(lambda: emails.verify(bob, ADDRESS, codes[bob.pk])) as outcome:
        emails.verify(alice, ADDRESS, codes[alice.pk])
    assert [type(answer) for answer in outcome] == [WrongCode]
    assert EmailAddress.objects.get(verified=True).user == alice
    bob.refresh_from_db()
    assert bob.email == ""


@pytest.mark.django_db(transaction=True)
def test_two_at_once_add_no_more_than_there_may_be(monkeypatch):
    monkeypatch.setattr(emails, "MOST", 1)
    alice = make_user()
    with waiting(lambda: emails.add(alice, "second@example.com")) as outcome:
        emails.add(alice, "first@example.com")
    assert [type(answer) for answer in outcome] == [TooManyAddresses]
