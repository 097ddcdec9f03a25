"""Two transactions side by side on PostgreSQL: one writes and waits to commit, the other waits for it."""

import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

WAIT_SECONDS = 10
LOCKS = re.compile(r'(?:UPDATE|DELETE FROM) "(\w+)"|SELECT .* FROM "(\w+)".* FOR (?:NO KEY )?UPDATE')


def other_connection(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Start an act in another thread, and so on another connection; its answer or error ends in the list."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(act())
        except Exception as error:  # noqa: BLE001 - what it was is what the test asks
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def locked_in(act: Callable[[], object]) -> list[str]:
    """The tables whose rows an act locks or changes, in this order: another order elsewhere is a deadlock."""
    with CaptureQueriesContext(connection) as captured:
        act()
    tables = [LOCKS.match(query["sql"]) for query in captured]
    return list(dict.fromkeys(found[1] or found[2] for found in tables if found))


def _somebody_waits(cursor):
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return cursor.fetchone() != (0,)


@contextmanager
def waiting(act: Callable[[], object]):
    """Yield inside a transaction; before it commits, another connection is seen to wait with the same act."""
    block = transaction.atomic()
    vars(block)["_from_testcase"] = True  # Django's mark of a transaction that the server knows nothing of
    with block:
        outcome: list[object] = []
        yield outcome
        thread, answers = other_connection(act)
        with connection.cursor() as cursor:
            deadline = time.monotonic() + WAIT_SECONDS
            while not _somebody_waits(cursor):
                assert time.monotonic() < deadline, f"the other transaction did not wait: {answers}"
                time.sleep(0.01)
    thread.join(WAIT_SECONDS)
    outcome += answers
