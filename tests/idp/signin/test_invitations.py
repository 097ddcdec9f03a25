"""Accepting an invitation: by whoever reads the mail, once, with the role that was given."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from idp.audit.models import AuditEvent
from idp.models import Invitation, Role, Session, User
from idp.outbox import services as outbox
from idp.users import deletion, invitations
from idp.users import services as users
from idp.users.errors import InvitationOver
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db

PAGE = "/accounts/invitation/"
OVER = "This invitation no longer works"
PASSWORD = "correct horse battery staple"
CAROL = "carol@example.com"


def link(role: str = "user", by: User | None = None) -> str:
    """Invite carol, and return the path of the link in her mail."""
    invitations.invite(CAROL, Role.objects.get(name=role), by)
    outbox.run_once()
    found = str(mail.outbox[-1].body).partition("http://localhost:8000")[2].split()[0]
    assert found.startswith(PAGE)
    return found


def accept(browser: Client, username: str = "carol", password: str = PASSWORD, **environ: Any):
    return browser.post(PAGE, {"username": username, "password1": password}, **environ)


def is_over(response) -> bool:
    return response.status_code == 200 and OVER in response.content.decode()


@pytest.fixture
def boss(db: None) -> User:
    return users.create_user("boss", "bosspass", role="admin")


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}x/", f"{PAGE}%00/", f"{PAGE}{'A' * 43}/"])
def test_without_a_good_link_there_is_nothing(client, path):
    assert is_over(client.get(path))
    assert is_over(accept(client))
    assert not User.objects.exists()


def test_somebody_makes_an_account_and_signs_in(client, type_in):
    path = link("admin")
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    page = client.get(PAGE)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert CAROL in page.content.decode()
    assert path.split("/")[-2] not in page.content.decode()
    answer = accept(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/login/?next=%2F")
    sign_in = client.get(answer.headers["Location"]).content.decode()
    assert "Your account is there" in sign_in
    assert 'value="carol"' in sign_in
    carol = users.everybody().get()
    assert (carol.username, carol.role.name, carol.email) == ("carol", "admin", CAROL)
    assert users.email_verified(carol)
    assert EmailAddress.objects.get().primary
    assert not Session.objects.exists()
    assert type_in(CAROL, PASSWORD).status_code == 303
    accepted = AuditEvent.objects.get(event="invitation_accepted")
    assert (accepted.for_user, accepted.details["role"]) == (carol.sub, "admin")
    assert CAROL not in str(list(AuditEvent.objects.values()))


def test_a_link_works_once_and_looking_at_it_uses_nothing_up(client):
    path = link()
    Client().get(path)
    Client().head(path)
    client.get(path)
    assert accept(client).status_code == 303
    assert is_over(accept(client, "again"))
    assert is_over(client.get(path))
    assert User.objects.count() == 1


@pytest.mark.parametrize("end", ["expired", "revoked", "deactivated", "closed", "another role"])
def test_after_its_end_a_page_that_was_open_makes_nothing(client, boss, end):
    client.get(link(by=boss))
    assert client.get(PAGE).content.decode().count("<form") == 1
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "revoked":
        invitations.revoke(Invitation.objects.get())
    elif end == "deactivated":
        users.deactivate(boss)
    elif end == "closed":
        deletion.ask(boss)
    else:
        users.set_role(boss, "user")
    assert is_over(accept(client))
    assert invitations.state(invitations.everything().get()) != invitations.State.OPEN
    assert list(User.objects.all()) == [boss]


def test_it_ends_between_the_look_and_the_claim(boss):
    link(by=boss)
    row = invitations.everything().get()
    users.deactivate(boss)
    with pytest.raises(InvitationOver):
        invitations.accept(row, "carol", PASSWORD)
    assert list(User.objects.all()) == [boss]


def test_an_address_that_somebody_proved_meanwhile_is_theirs(client):
    client.get(link())
    dave = users.create_user("dave", "davepass")
    EmailAddress.objects.create(user=dave, email=CAROL, verified=True)
    assert is_over(accept(client))
    assert list(User.objects.all()) == [dave]
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [
        ("", PASSWORD, "username"),
        ("a\0b", PASSWORD, "username"),
        ("a@b.example", PASSWORD, "username"),
        ("x" * 151, PASSWORD, "username"),
        ("carol", "", "password1"),
        ("carol", "short", "password1"),
        ("carol", "carol@example.com", "password1"),
        ("carol", "carol12", "password1"),
    ],
)
def test_what_can_not_be_taken_is_said_at_its_field(client, username, password, field):
    client.get(link())
    page = accept(client, username, password).content.decode()
    assert f'aria-describedby="id_{field}_error"' in page
    assert not User.objects.exists()
    assert accept(client).status_code == 303


def test_a_name_that_is_taken_is_said_slowly_and_the_link_still_works(client, boss, settings):
    settings.RATE_LIMIT_FACTOR = 1
    client.get(link())
    for _ in range(10):
        assert "This username is taken" in accept(client, "BOSS").content.decode()
    assert accept(client, "BOSS").status_code == 429
    assert accept(client, REMOTE_ADDR="192.0.2.7").status_code == 303


def test_who_is_signed_in_here_is_signed_out(client, boss, type_in):
    type_in("boss", "bosspass")
    client.get(link())
    assert "You are signed in as <strong>boss</strong>" in client.get(PAGE).content.decode()
    assert accept(client).status_code == 303
    assert b"You are not signed in" in client.get("/").content


def test_it_needs_the_forms_own_token():
    browser = Client(enforce_csrf_checks=True)
    browser.get(link())
    assert accept(browser).status_code == 403


def test_a_role_that_is_removed_takes_its_invitations_along():
    invitations.invite("dora@example.com", Role.objects.get(name="user"), None)
    guests = users.create_role("guests", "", [])
    invitations.invite(CAROL, guests, None)
    users.remove_role(guests)
    assert [row.email for row in Invitation.objects.all()] == ["dora@example.com"]
    outbox.run_once()
    assert [message.to for message in mail.outbox] == [["dora@example.com"]]


def test_the_role_of_who_invited_may_be_removed_and_the_invitation_has_lapsed():
    keepers = users.create_role("keepers", "", ["users:write"])
    keeper = users.create_user("keeper", "keeperpass", role="keepers")
    invitations.invite(CAROL, Role.objects.get(name="user"), keeper)
    users.set_role(keeper, "user")
    users.remove_role(keepers)
    assert invitations.state(invitations.everything().get()) is invitations.State.LAPSED
    outbox.run_once()
    assert mail.outbox == []


def test_long_past_ones_are_forgotten():
    link()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=29))
    assert invitations.clean() == 0
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    assert invitations.clean() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["second", "first"])
def test_who_waits_for_the_other_is_told_it_is_over(second):
    link()
    row = invitations.everything().get()
    with waiting(lambda: invitations.accept(row, second, PASSWORD)) as outcome:
        invitations.accept(row, "first", PASSWORD)
    assert [type(answer) for answer in outcome] == [InvitationOver]
    assert [user.username for user in User.objects.all()] == ["first"]
