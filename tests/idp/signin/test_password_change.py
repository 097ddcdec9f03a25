"""A new password, by whoever has the old one; and what ends with the old one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from idp.outbox import services as outbox
from idp.sessions.models import Session
from idp.users import services as users
from idp.users.errors import Overtaken
from idp.users.models import User
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/change/"
NEW = "seven brown owls on a tin roof"


@pytest.fixture
def browser(alice):
    """Where alice is signed in."""
    browser = Client()
    browser.post("/accounts/login/", {"login": "alice", "password": "alicepass"})
    return browser


def change(browser: Client, current: str = "alicepass", new: str = NEW, **environ: Any):
    return browser.post(PAGE, {"current": current, "password1": new}, **environ)


def test_password_managers_are_led_to_the_page_and_strangers_through_signing_in(alice):
    stranger = Client()
    answer = stranger.get("/.well-known/change-password")
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    page = stranger.get(PAGE)
    assert page.headers["Location"] == "/accounts/login/?next=%2Faccounts%2Fpassword%2Fchange%2F"
    assert "Sign in to change your password." in stranger.get(page.headers["Location"]).text
    assert change(stranger).status_code == 303
    assert User.objects.get().check_password("alicepass")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current"),
        ("", NEW, "current"),
        ("alicepass", "tiny pw", "password1"),
        ("alicepass", "", "password1"),
        ("alicepass", "alice@example.com 1", "password1"),
        ("\0", NEW, "current"),
    ],
)
def test_T69_what_is_wrong_is_said_at_its_field_and_nothing_ends(alice, browser, current, new, field):
    page = change(browser, current, new)
    assert page.status_code == 200
    assert f'id="id_{field}_error"' in page.text
    assert new == "" or new not in page.text
    alice.refresh_from_db()
    assert (alice.epoch, alice.check_password("alicepass")) == (0, True)


def test_T69_T39_this_browser_goes_on_and_everything_else_ends(alice, browser):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "alice", "password": "alicepass"})

    answer = change(browser)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}done/")
    assert "Your password is changed" in browser.get(answer.headers["Location"]).text
    assert "Hello, alice" in browser.get("/").text
    assert "You are not signed in" in elsewhere.get("/").text
    outbox.run_once()
    assert Session.objects.filter(ended_at=None).count() == 1
    told = [(message.to, message.subject) for message in mail.outbox]
    assert told == [
        (["alice@example.com"], "Your account was signed in to from a new browser"),
        (["alice@example.com"], "Your password was changed"),
    ]
    assert "Hello, alice" in browser.get("/").text, "also after the worker ended the others"
    assert Client().post("/accounts/login/", {"login": "alice", "password": NEW}).status_code == 303
    assert Client().post("/accounts/login/", {"login": "alice", "password": "alicepass"}).status_code == 200


def test_T69_wrong_ones_count_and_strangers_do_not_keep_the_owner_from_it(alice, browser):
    assert [change(browser, "wrong").status_code for _ in range(6)] == [200] * 5 + [429]
    assert change(browser).status_code == 429
    assert change(browser, REMOTE_ADDR="198.51.100.9").status_code == 303


def test_T69_what_was_ended_meanwhile_is_not_brought_back(alice, browser, monkeypatch):
    """Somebody signs her out everywhere between the judgement and the change."""
    real = users.set_password

    def slower(user: User, password: str, and_then: Callable[[], object]) -> None:
        users.sign_out_everywhere(User.objects.get(pk=user.pk))
        real(user, password, and_then)

    monkeypatch.setattr("idp.signin.password_change.users.set_password", slower)
    change(browser)
    assert "You are not signed in" in browser.get("/").text


@pytest.mark.django_db(transaction=True)
def test_T69_T75_of_two_who_set_it_at_once_by_the_same_old_one_the_first_wins(alice):
    first, second = (User.objects.get(pk=alice.pk) for _ in range(2))
    with waiting(lambda: users.set_password(second, "the other of the two")) as outcome:
        users.set_password(first, "one of the two")
    assert [type(answer) for answer in outcome] == [Overtaken]
    alice.refresh_from_db()
    assert (alice.epoch, alice.check_password("one of the two")) == (1, True)
