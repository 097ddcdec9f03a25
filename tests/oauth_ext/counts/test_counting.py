"""What is counted, for whom, and on which day: nothing is lost, and nothing that was not written is counted twice."""

import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random

import psycopg
import pytest
import time_machine
from django.db import connection, transaction
from structlog.testing import capture_logs

from oauth_ext.clients.models import Application
from oauth_ext.counts import services as counts
from oauth_ext.counts import table, writer
from oauth_ext.counts.cleaning import clean_counts
from oauth_ext.counts.models import ClientCount, Kind
from oauth_ext.counts.sums import Key, Sums
from tests.factories import make_client
from tests.side_by_side import other_connection, waiting

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """Of a known day, with nothing counted that an earlier test left."""
    counts._sums.take()
    with time_machine.travel(TODAY, tick=False):
        yield
    counts._sums.take()


@pytest.fixture
def seldom_alone() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def written() -> dict[tuple[str, str], int]:
    """The numbers in the table by day and kind."""
    return {(str(row.day), row.kind): row.number for row in ClientCount.objects.all()}


def test_what_is_counted_is_written_once_and_added_to_what_was(django_assert_num_queries):
    app, other = make_client("app"), make_client("other")
    for client in (app, app, other):
        counts.checked(client.pk)
    counts.refreshed(app.pk)
    with django_assert_num_queries(1):
        counts.write()
    with django_assert_num_queries(0):
        counts.write()
    counts.checked(app.pk)
    counts.write()
    with django_assert_num_queries(1):
        used = counts.used([app.pk, other.pk], days=1)
    assert used == {app.pk: [(date(2026, 3, 1), 1, 3)], other.pk: [(date(2026, 3, 1), 0, 1)]}


def test_a_day_ends_at_midnight_of_utc():
    app = make_client("app")
    for moment in ("2026-02-28T23:59:59.999", "2026-03-01T00:00:00.001"):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
            counts.checked(app.pk)
    counts.write()
    assert counts.used([app.pk], days=2) == {app.pk: [(date(2026, 3, 1), 0, 1), (date(2026, 2, 28), 0, 1)]}
    assert counts.used([app.pk], days=1) == {app.pk: [(date(2026, 3, 1), 0, 1)]}


def test_threads_that_count_at_once_lose_nothing(seldom_alone: None):
    sums, each, threads = Sums(), 2000, 32
    taken: list[int] = []
    ready = threading.Barrier(threads + 1)

    def add() -> None:
        ready.wait()
        for _ in range(each):
            sums.add(1, counts.CHECK)

    adding = [threading.Thread(target=add) for _ in range(threads)]
    for thread in adding:
        thread.start()
    ready.wait()
    while any(thread.is_alive() for thread in adding):  # they are taken while they are added, too
        taken.extend(sums.take().values())
    taken.extend(sums.take().values())
    assert sum(taken) == each * threads


def test_who_writes_at_once_adds_up():
    app, day = make_client("app"), TODAY.date()

    def add(number: int) -> None:
        for _ in range(number):
            counts._sums.add(app.pk, counts.CHECK)
        counts.write()

    add(1)
    with waiting(lambda: add(3)) as outcome:
        # this transaction holds the row that the other one adds to
        ClientCount.objects.filter(client=app).update(number=7)
    assert outcome == [None]
    assert counts.used([app.pk], days=1) == {app.pk: [(day, 0, 10)]}


def test_who_writes_the_same_clients_in_another_order_is_not_in_the_way():
    clients = [make_client(f"app{number}") for number in range(30)]
    keys = [Key(20513, client.pk, kind) for client in clients for kind in Kind.values]
    rounds = 25

    def add(seed: int) -> None:
        shuffled = [(key, 1) for key in keys]
        for _ in range(rounds):
            Random(seed).shuffle(shuffled)
            table.add(shuffled)

    outcomes = [other_connection(partial(add, seed)) for seed in range(4)]
    for thread, outcome in outcomes:
        thread.join(60)
        assert outcome == [None]
    assert list(ClientCount.objects.values_list("number", flat=True)) == [rounds * 4] * len(keys)


def test_a_process_that_was_forked_counts_from_nothing():
    counts.checked(1)
    child = os.fork()
    if not child:
        os._exit(bool(counts._sums.take()) or writer.started)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert counts._sums.take() == {(20513, 1, counts.CHECK): 1}


def test_a_client_that_is_gone_loses_its_counts_and_no_other_does():
    gone, app = make_client("gone"), make_client("app")
    for client in (gone, app):
        counts.checked(client.pk)
    counts.write()
    for client in (gone, app):
        counts.checked(client.pk)
    gone.delete()
    counts.write()
    assert list(ClientCount.objects.values_list("client_id", "number")) == [(app.pk, 2)]


def test_a_client_can_be_deleted_while_its_counts_are_written():
    gone, pk = make_client("gone"), Application.objects.get(client_id="gone").pk
    counts.checked(pk)
    with transaction.atomic():
        counts.write()
        thread, outcome = other_connection(gone.delete)
        thread.join(10)
    assert not isinstance(outcome[0], Exception)
    assert not Application.objects.filter(pk=pk).exists()


def test_what_a_database_that_is_away_did_not_take_is_written_when_it_is_back(postgres_url: str):
    app, name = make_client("app"), connection.settings_dict["NAME"]
    counts.checked(app.pk)
    connection.close()
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            with capture_logs() as said:
                writer.write_once(counts.write)
            counts.checked(app.pk)
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert [(line["event"], line["error"], line["exc_info"]) for line in said] == [
        ("counts.not_written", "OperationalError", False)
    ]
    counts.write()
    assert written() == {("2026-03-01", "check"): 2}


def test_more_clients_than_fit_a_statement_are_written(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(counts, "BITE", 2)
    clients = [make_client(f"app{number}") for number in range(5)]
    for client in clients:
        counts.checked(client.pk)
    with django_assert_num_queries(3):
        counts.write()
    assert len(counts.used([client.pk for client in clients], days=1)) == 5


def test_numbers_are_cleaned_as_the_trail_is(settings):
    app = make_client("app")
    for days in (0, 30, 31):
        with time_machine.travel(TODAY - timedelta(days=days), tick=False):
            counts.checked(app.pk)
    counts.write()
    settings.AUDIT_RETENTION_DAYS = 0
    assert clean_counts() == 0
    settings.AUDIT_RETENTION_DAYS = 30
    assert clean_counts() == 1
    assert [str(row.day) for row in ClientCount.objects.order_by("day")] == ["2026-01-30", "2026-03-01"]


def test_where_the_system_has_no_thread_left_a_request_is_answered_and_counted_all_the_same(monkeypatch):
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(writer, "started", False)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    client = make_client()
    with capture_logs() as logged:
        counts.checked(client.pk)
    assert [line["event"] for line in logged] == ["counts.no_thread"]
    assert not writer.started
    assert sum(counts._sums.take().values()) == 1
