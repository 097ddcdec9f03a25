"""A kept connection is used without asking first whether it is good, and one that is lost is noticed."""

import time
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from idp.audit.services import LONGEST_TRANSACTION_SECONDS
from idp.ops.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)  # a notification is sent with a commit


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, as it is after a request."""
    wrapper = connections.create_connection("default")
    ask(wrapper, "SELECT 1")
    begin_request(wrapper)
    ask(wrapper, "SELECT 'mine'")
    yield wrapper
    wrapper.close()


def ask(wrapper: BaseDatabaseWrapper, sql: str) -> object:
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def begin_request(wrapper: BaseDatabaseWrapper) -> None:
    wrapper.close_if_unusable_or_obsolete()
    wrapper.close_if_health_check_failed()


def pid(wrapper: BaseDatabaseWrapper) -> int:
    assert wrapper.connection is not None
    return int(wrapper.connection.info.backend_pid)


def last_asked(number: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [number])
        return str(cursor.fetchone()[0])


def end(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [number])
    time.sleep(0.05)  # what it says on its way out is underway


def test_a_request_asks_nothing_that_its_answer_does_not_need(kept):
    before = pid(kept)
    begin_request(kept)
    assert last_asked(before) == "SELECT 'mine'"
    assert pid(kept) == before


def test_a_connection_that_the_server_ended_is_replaced(kept):
    before = pid(kept)
    end(before)
    begin_request(kept)
    assert ask(kept, "SELECT 'again'") == "again"
    assert pid(kept) != before


def test_a_connection_that_was_closed_here_is_replaced(kept):
    kept.connection.close()
    begin_request(kept)
    assert ask(kept, "SELECT 'again'") == "again"


def test_a_transaction_that_nobody_goes_on_with_is_ended(monkeypatch):
    assert base.LONGEST_PAUSE_SECONDS < LONGEST_TRANSACTION_SECONDS
    monkeypatch.setattr(base, "LONGEST_PAUSE_SECONDS", 0.2)
    hangs = connections.create_connection("default")
    hangs.set_autocommit(False)
    ask(hangs, "SELECT pg_advisory_xact_lock(4711)")
    assert ask(connection, "SELECT pg_advisory_lock(4711) IS NOT NULL")  # once it has let go
    ask(connection, "SELECT pg_advisory_unlock(4711)")
    with pytest.raises(DatabaseError, match="idle-in-transaction"):
        ask(hangs, "SELECT 1")
    hangs.close()


def test_what_the_server_says_unasked_is_no_end(kept):
    before = pid(kept)
    with kept.cursor() as cursor:
        cursor.execute("LISTEN somebody")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('somebody', 'of no use')")
    time.sleep(0.05)
    begin_request(kept)
    assert pid(kept) == before


def test_a_server_that_says_something_is_asked_before_it_hangs_up(kept):
    """As it does between the words that it ends a connection and the end of it."""
    with kept.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE WARNING 'soon'; END $$")
    begin_request(kept)
    assert last_asked(pid(kept)) == "SELECT 1"
    ask(kept, "SELECT 'mine'")
    begin_request(kept)
    assert last_asked(pid(kept)) == "SELECT 'mine'"


def test_who_was_silent_for_long_is_asked(kept, monkeypatch):
    monkeypatch.setattr(base, "ASKED_AGAIN_SECONDS", 0)
    begin_request(kept)
    assert last_asked(pid(kept)) == "SELECT 1"


def test_after_an_error_it_is_asked(kept):
    kept.errors_occurred = True
    begin_request(kept)
    assert last_asked(pid(kept)) == "SELECT 1"
    assert not kept.errors_occurred
