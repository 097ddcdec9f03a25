"""Addresses of one's own account: proved by a code in a mail, and told of to whoever reads the mailbox they leave."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from idp.audit.models import AuditEvent
from idp.models import EmailCode, User
from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.users import email_codes, emails
from oauth_ext.families.models import Family
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post

FIELDS = "user{email emailVerified emails{address verified primary}} errors{code field}"
ADD = f"mutation($a:String!){{addEmail(address:$a){{{FIELDS}}}}}"
VERIFY = f"mutation($a:String!,$c:String!){{verifyEmail(address:$a,code:$c){{{FIELDS}}}}}"
PRIMARY = f"mutation($a:String!){{makeEmailPrimary(address:$a){{{FIELDS}}}}}"
REMOVE = f"mutation($a:String!){{removeEmail(address:$a){{{FIELDS}}}}}"
OWN, WORK = "alice@example.com", "alice@work.example"


def token(world: World, user: User | None = None) -> str:
    return world.token("email", "account:write", user=user)


def change(world: World, mutation: str, user: User | None = None, **variables: str) -> dict[str, Any]:
    payload: dict[str, Any]
    [payload] = asked(mutation, token(world, user), **variables).values()
    return payload


def refused(payload: dict[str, Any]) -> tuple[str, str]:
    assert payload["user"] is None
    [error] = payload["errors"]
    return error["code"], error["field"]


def mailed(address: str) -> list[str]:
    """What the worker mails to an address, by subject; what was mailed before is gone."""
    outbox.run_once()
    sent = [str(message.subject) for message in mail.outbox if message.to == [address]]
    assert len(sent) == len(mail.outbox)
    return sent


def code() -> str:
    """The code in the last mail that the worker sends."""
    outbox.run_once()
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def listed(world: World) -> list[tuple[str, bool, bool]]:
    found = asked("{me{emails{address verified primary}}}", world.token("email"))["me"]["emails"]
    return [(email["address"], email["verified"], email["primary"]) for email in found]


def prove(world: World, address: str = WORK, user: User | None = None) -> None:
    EmailAddress.objects.create(user=user or world.user, email=address, verified=True)


def happened() -> list[str]:
    return [event for event in AuditEvent.objects.order_by("pk").values_list("event", flat=True) if "email" in event]


CHANGES = {"addEmail": ADD, "makeEmailPrimary": PRIMARY, "removeEmail": REMOVE}


@pytest.mark.parametrize("name", CHANGES)
def test_T55_changing_them_wants_a_recent_sign_in(world: World, name):
    family = world.family(world.user, ["email", "account:write"])
    Family.objects.filter(pk=family.pk).update(auth_time=timezone.now() - timedelta(seconds=400))
    family.refresh_from_db()
    response = post(CHANGES[name], world.token_of(family), variables={"a": WORK})
    assert codes(response) == ["INSUFFICIENT_USER_AUTHENTICATION"]
    assert not EmailAddress.objects.exists()


def test_T55_T74_a_code_is_typed_later_than_an_address_is_added_but_not_for_long(world: World):
    family = world.family(world.user, ["email", "account:write"])
    for seconds, told in ((800, []), (1000, ["INSUFFICIENT_USER_AUTHENTICATION"])):
        Family.objects.filter(pk=family.pk).update(auth_time=timezone.now() - timedelta(seconds=seconds))
        family.refresh_from_db()
        assert codes(post(VERIFY, world.token_of(family), variables={"a": WORK, "c": "x"})) == told


@pytest.mark.parametrize(
    "bad", ["", "x", "a@b", "a\x00@example.com", "a@b\r\nBcc: c@d.example", "a" * 250 + "@b.example"]
)
def test_what_is_no_address_is_refused(world: World, bad):
    assert refused(change(world, ADD, a=bad)) == ("INVALID", "address")
    for mutation in (PRIMARY, REMOVE):
        assert refused(change(world, mutation, a=bad)) == ("NOT_FOUND", "address")
    assert refused(change(world, VERIFY, a=bad, c="BCDF-GHJK")) == ("INVALID", "code")
    assert not OutboxMessage.objects.exists()


def test_an_address_is_proved_by_the_code_in_its_mail_once(world: World):
    added = change(world, ADD, a=" Alice@Work.example ")["user"]
    assert added == {
        "email": OWN,
        "emailVerified": False,
        "emails": [
            {"address": OWN, "verified": False, "primary": True},
            {"address": WORK, "verified": False, "primary": False},
        ],
    }
    assert mailed(WORK) == ["Confirm your e-mail address"]
    typed = code()
    assert refused(change(world, VERIFY, a=OWN, c=typed)) == ("INVALID", "code")
    assert change(world, VERIFY, a=WORK, c=typed.lower().replace("-", " "))["errors"] == []
    assert listed(world) == [(OWN, False, True), (WORK, True, False)]
    assert refused(change(world, VERIFY, a=WORK, c=typed)) == ("INVALID", "code")
    assert happened() == ["email_added", "email_verified"]


@pytest.mark.parametrize("typed", ["", "x", "BCDF-GHJK", "\x00", "B" * 5000])
def test_a_wrong_code_proves_nothing_and_leaves_the_right_one(world: World, typed):
    change(world, ADD, a=WORK)
    right = code()
    assert refused(change(world, VERIFY, a=WORK, c=typed)) == ("INVALID", "code")
    assert change(world, VERIFY, a=WORK, c=right)["errors"] == []


def test_codes_are_guessed_slowly(world: World):
    change(world, ADD, a=WORK)
    right = code()
    for _ in range(10):
        change(world, VERIFY, a=WORK, c="BCDF-GHJK")
    assert codes(post(VERIFY, token(world), variables={"a": WORK, "c": right})) == ["RATE_LIMITED"]


def test_a_code_is_good_for_its_minutes(world: World):
    change(world, ADD, a=WORK)
    typed = code()
    EmailCode.objects.update(expires_at=timezone.now())
    assert refused(change(world, VERIFY, a=WORK, c=typed)) == ("INVALID", "code")
    assert email_codes.clean() == 1


def test_another_code_kills_the_one_before(world: World):
    change(world, ADD, a=WORK)
    first = code()
    change(world, ADD, a=WORK)
    second = code()
    assert refused(change(world, VERIFY, a=WORK, c=first)) == ("INVALID", "code")
    assert change(world, VERIFY, a=WORK, c=second)["errors"] == []
    assert refused(change(world, ADD, a=WORK)) == ("NOT_ALLOWED", "address")


def test_nobody_uses_somebody_elses_code(world: World):
    bob = make_user("bob", email="bob@example.com")
    change(world, ADD, a=WORK)
    typed = code()
    change(world, ADD, bob, a=WORK)
    outbox.run_once()
    assert refused(change(world, VERIFY, bob, a=WORK, c=typed)) == ("INVALID", "code")


def test_T31_neither_a_code_nor_its_mail_is_kept_in_clear(world: World):
    change(world, ADD, a=WORK)
    typed = code()
    kept = str([*EmailCode.objects.values(), *OutboxMessage.objects.values(), *AuditEvent.objects.values()])
    for form in (typed, typed.replace("-", "")):
        assert form not in kept
    assert WORK not in str([*OutboxMessage.objects.values(), *AuditEvent.objects.values()])


def test_T40_the_answer_is_the_same_for_somebody_elses_and_they_are_told(world: World):
    bob, carol = make_user("bob", email="bob@example.com"), make_user("carol")
    prove(world, "carol@example.com", carol)
    del bob
    answers = []
    for address in ("nobody@example.com", "Bob@example.com", "carol@example.com"):
        mail.outbox.clear()
        payload = change(world, ADD, a=address)
        answers.append(str(payload).lower().replace(address.lower(), "…"))
        told = mailed(address.lower())
        assert told == ["Confirm your e-mail address" if "nobody" in address else mail.outbox[0].subject]
        if "nobody" not in address:
            assert told == ["Somebody wanted to add your e-mail address"]
            assert "alice" not in str(mail.outbox[0].body)
            assert not EmailCode.objects.filter(email=address.lower()).exists()
        change(world, REMOVE, a=address)
        outbox.run_once()
    assert len(set(answers)) == 1


def test_T40_who_was_faster_keeps_it_and_the_other_reads_the_same_words(world: World):
    bob = make_user("bob")
    change(world, ADD, a=WORK)
    typed = code()
    prove(world, WORK, bob)
    late = post(VERIFY.replace("code field", "message"), token(world), variables={"a": WORK, "c": typed}).content
    wrong = post(VERIFY.replace("code field", "message"), token(world), variables={"a": WORK, "c": "x"}).content
    assert late == wrong
    EmailAddress.objects.filter(user=bob).delete()
    User.objects.filter(pk=bob.pk).update(email=WORK)
    assert refused(change(world, VERIFY, a=WORK, c=typed)) == ("INVALID", "code")
    assert listed(world) == [(OWN, False, True), (WORK, False, False)]


def test_a_shared_address_is_proved_by_who_reads_it(world: World):
    make_user("alias", email="Alice@example.com")
    change(world, ADD, a=OWN)
    assert change(world, VERIFY, a=OWN, c=code())["errors"] == []
    assert listed(world) == [(OWN, True, True)]
    assert asked("{me{emailVerified}}", world.token("email"))["me"]["emailVerified"] is True
    assert "email_made_primary" not in happened()


def test_the_account_takes_the_case_of_what_was_proved(world: World):
    User.objects.filter(pk=world.user.pk).update(email="Alice@Example.com")
    change(world, ADD, a="ALICE@example.com")
    assert change(world, VERIFY, a=OWN, c=code())["user"]["emailVerified"] is True
    assert [message.subject for message in mail.outbox] == ["Confirm your e-mail address"]


def test_a_first_address_becomes_the_accounts_own_when_it_is_proved(world: World):
    dave = make_user("dave")
    EmailAddress.objects.create(user=dave, email="dave@example.com", verified=False, primary=True)
    change(world, ADD, dave, a="dave@example.com")
    assert change(world, VERIFY, dave, a="dave@example.com", c=code())["user"] == {
        "email": "dave@example.com",
        "emailVerified": True,
        "emails": [{"address": "dave@example.com", "verified": True, "primary": True}],
    }
    assert EmailAddress.objects.get().primary


def test_only_what_is_proved_becomes_primary(world: World):
    EmailAddress.objects.create(user=world.user, email=WORK, verified=False)
    prove(world, "bob@example.com", make_user("bob"))
    for address, told in ((WORK, "NOT_ALLOWED"), (OWN, "NOT_ALLOWED"), ("bob@example.com", "NOT_FOUND")):
        assert refused(change(world, PRIMARY, a=address)) == (told, "address")
    world.user.refresh_from_db()
    assert world.user.email == OWN
    assert not OutboxMessage.objects.exists()


def test_the_old_address_is_told_of_the_new_one(world: World):
    prove(world, OWN)
    EmailAddress.objects.update(primary=True)
    prove(world)
    changed = change(world, PRIMARY, a="ALICE@work.example")["user"]
    assert (changed["email"], changed["emailVerified"]) == (WORK, True)
    assert listed(world) == [(WORK, True, True), (OWN, True, False)]
    assert mailed(OWN) == ["Another e-mail address is your account's now"]
    assert list(EmailAddress.objects.filter(primary=True).values_list("email", flat=True)) == [WORK]
    assert change(world, PRIMARY, a=WORK)["errors"] == [], "again, it is as it was"
    assert happened() == ["email_made_primary"]
    assert len(mailed(OWN)) == 1


def test_a_reset_link_to_the_old_address_is_dead(world: World, client):
    from idp.signin import resets

    prove(world)
    resets.ask(OWN)
    outbox.run_once()
    found = re.search(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    assert found
    assert "no longer works" not in client.get(found[1], follow=True).content.decode()
    change(world, PRIMARY, a=WORK)
    assert "no longer works" in client.get(found[1], follow=True).content.decode()


def test_the_primary_one_stays(world: World):
    assert refused(change(world, REMOVE, a="Alice@example.com")) == ("NOT_ALLOWED", "address")
    world.user.refresh_from_db()
    assert world.user.email == OWN


def test_nobody_removes_somebody_elses(world: World):
    prove(world, "bob@example.com", make_user("bob"))
    assert refused(change(world, REMOVE, a="bob@example.com")) == ("NOT_FOUND", "address")
    assert EmailAddress.objects.exists()


def test_the_primary_one_is_told_what_was_removed_and_its_code_is_dead(world: World):
    change(world, ADD, a=WORK)
    typed = code()
    mail.outbox.clear()
    assert change(world, REMOVE, a=WORK)["errors"] == []
    assert mailed(OWN) == ["An e-mail address was removed from your account"]
    assert listed(world) == [(OWN, False, True)]
    assert happened() == ["email_added", "email_removed"]
    EmailAddress.objects.create(user=world.user, email=WORK, verified=False)
    assert refused(change(world, VERIFY, a=WORK, c=typed)) == ("INVALID", "code")


def test_there_are_not_without_end(world: World):
    for number in range(emails.MOST):
        prove(world, f"alice{number}@example.com")
    assert refused(change(world, ADD, a=WORK)) == ("NOT_ALLOWED", "address")
    assert len(listed(world)) == emails.MOST + 1


def test_a_mailbox_is_not_flooded_whoever_asks(world: World):
    people = [make_user(f"user{number}") for number in range(4)]
    told = [codes(post(ADD, token(world, person), variables={"a": WORK})) for person in people]
    assert told == [[], [], [], ["RATE_LIMITED"]]
    assert EmailAddress.objects.count() == OutboxMessage.objects.count() == 3


def test_a_person_does_not_try_a_thousand_mailboxes(world: World):
    told = [codes(post(ADD, token(world), variables={"a": f"a{number}@example.com"})) for number in range(11)]
    assert told[9:] == [[], ["RATE_LIMITED"]]


def test_what_was_removed_or_proved_meanwhile_is_not_mailed(world: World):
    change(world, ADD, a=WORK)
    EmailAddress.objects.update(verified=True)
    change(world, ADD, a="gone@example.com")
    EmailAddress.objects.filter(email="gone@example.com").delete()
    outbox.run_once()
    assert mail.outbox == []


def test_the_addresses_of_many_are_not_asked_for_at_once(world: World):
    response = post("{users{nodes{emails{address}}}}", world.token("users:read", user=world.admin))
    assert codes(response) == ["OPERATION_TOO_COMPLEX"]


def test_oneself_costs_one_statement_more(world: World, django_assert_num_queries):
    prove(world)
    asker = world.token("email")
    with django_assert_num_queries(2):
        asked("{me{emails{address}}}", asker)
