"""Whether cleaning is noticed: the 99th percentile of a refresh while nothing is cleaned, and while the worker cleans.

The connections pause between their requests: a machine that is full already would only show that it is.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg

from idp.dev.process import Process
from tests.bench.growth import Grown
from tests.bench.measuring import percentiles
from tests.bench.talking import Chain, Connection
from tests.stack.gatehouse import ROOT

DEAD = 500_000
QUIET_SECONDS = 20
LONGEST_SECONDS = 300
PAUSE = 0.03
NOTICED = 1.2
"""How many times the quiet p99 the other may be."""


def measure(grown: Grown) -> dict[str, object]:
    """Print both, and how long the worker took for so many dead families; return it for the record."""
    connections = [Connection(grown.server.port, Chain(token)) for token in grown.gatehouse.seeds(0).refresh_tokens]
    with psycopg.connect(grown.gatehouse.database_url, autocommit=True) as database:
        quiet = _talk(connections, lambda began: time.monotonic() - began > QUIET_SECONDS)
        log = grown.gatehouse.folder / "worker.log"
        command = [sys.executable, "manage.py", "work"]
        worker = Process(command, log=log, env=grown.gatehouse.environment, cwd=ROOT)
        try:
            worker.wait_until(lambda: "worker.started" in log.read_text())
            before = _deleted(database)
            began = time.monotonic()

            def is_done(_: float) -> bool:
                return _deleted(database) - before >= DEAD or time.monotonic() - began > LONGEST_SECONDS

            cleaning = _talk(connections, is_done)
            taken, gone = time.monotonic() - began, _deleted(database) - before
        finally:
            worker.stop()
        quiet += _talk(connections, lambda began: time.monotonic() - began > QUIET_SECONDS)
    at_rest, disturbed = percentiles(quiet), percentiles(cleaning)
    ratio = disturbed[1] / at_rest[1]
    judged = f"{'within' if ratio <= NOTICED else 'beyond'} {NOTICED:.2f}"
    print(f"\nCleaning: {gone:,} dead families deleted in {taken:.0f} s, among {grown.families:,} live ones.")
    print(
        f"p99 of a refresh {at_rest[1]:.1f} ms while it is quiet, {disturbed[1]:.1f} ms meanwhile: × {ratio:.2f} "
        f"({judged}); p50 {at_rest[0]:.1f} and {disturbed[0]:.1f} ms.",
        flush=True,
    )
    names = ("p50", "p99")
    figures = {"quiet": dict(zip(names, at_rest, strict=True)), "cleaning": dict(zip(names, disturbed, strict=True))}
    return {"deleted": gone, "seconds": taken, **figures}


def _talk(connections: list[Connection], is_over: Callable[[float], bool]) -> list[float]:
    """Ask over each connection, with a pause after each answer, until it is over; return the seconds of the answers."""
    over, began = Event(), time.monotonic()

    def talk(connection: Connection) -> list[float]:
        while not over.is_set():
            connection.ask()
            time.sleep(PAUSE)
        return connection.taken()

    with ThreadPoolExecutor(len(connections)) as pool:
        talks = [pool.submit(talk, connection) for connection in connections]
        while not is_over(began) and not any(each.done() for each in talks):
            time.sleep(0.5)
        over.set()
        return [seconds for each in talks for seconds in each.result()]


def _deleted(database: psycopg.Connection) -> int:
    row = database.execute("SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'oauth_ext_family'").fetchone()
    assert row
    return int(row[0])
