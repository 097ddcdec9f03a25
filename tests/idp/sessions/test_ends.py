"""T54: a sign-in ends when it wasn't used for so long, and when it has lasted so long, whichever comes first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from idp.models import Session
from idp.sessions import lapses
from tests.factories import make_client, make_user
from tests.oauth_ext.token_endpoint import signed_in

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 27, 12, tzinfo=UTC)
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(BEGIN, tick=False)
    return time_machine


@pytest.fixture
def browser(clock):
    return Client()


@pytest.fixture
def tokens(browser):
    return signed_in(make_client("app"), make_user("alice"), browser=browser, scope="openid")


def is_signed_in(browser):
    return b"Hello, alice" in browser.get("/").content


def test_T54_what_is_not_used_ends_and_its_tokens_with_it(browser, tokens, clock):
    clock.move_to(BEGIN + IDLE - timedelta(seconds=1), tick=False)
    assert "access_token" in tokens.refresh().body
    clock.move_to(BEGIN + IDLE, tick=False)
    assert tokens.refresh().body["error"] == "invalid_grant"
    assert not is_signed_in(browser)


def test_T54_use_puts_that_off_but_never_past_the_absolute_end(browser, tokens, clock):
    at = BEGIN
    while at + IDLE < BEGIN + LONGEST:
        at += IDLE - timedelta(minutes=1)
        clock.move_to(at, tick=False)
        assert is_signed_in(browser)
        assert Session.objects.get().last_seen_at == at
    clock.move_to(BEGIN + LONGEST - timedelta(seconds=1), tick=False)
    assert is_signed_in(browser)
    clock.move_to(BEGIN + LONGEST, tick=False)
    assert not is_signed_in(browser)
    assert tokens.refresh().body["error"] == "invalid_grant"


def test_T54_the_rows_end_as_well(browser, tokens, clock):
    clock.move_to(BEGIN + IDLE, tick=False)
    assert lapses.end_lapsed() == 1
    assert Session.objects.get().ended_at == BEGIN + IDLE


def test_being_seen_is_written_at_most_once_a_minute(browser, tokens, clock, django_assert_num_queries):
    clock.move_to(BEGIN + timedelta(seconds=59), tick=False)
    is_signed_in(browser)
    assert Session.objects.get().last_seen_at == BEGIN
    clock.move_to(BEGIN + timedelta(seconds=60), tick=False)
    is_signed_in(browser)
    assert Session.objects.get().last_seen_at == BEGIN + timedelta(seconds=60)
