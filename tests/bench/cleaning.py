"""Whether cleaning is noticed: the 99th percentile of a refresh while nothing is cleaned, and while the worker cleans.

The connections pause between their requests: a machine that is full already would only show that it is.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from idp.dev.process import Process
from tests.bench.growth import Grown
from tests.bench.measuring import percentiles
from tests.bench.processes import descendants
from tests.bench.talking import Chain, Connection
from tests.stack.gatehouse import ROOT

DEAD = 500_000
CLEANING_SECONDS = 10
QUIET_SECONDS = 4
LONGEST_SECONDS = 600
PAUSE = 0.03
NOTICED = 1.2
"""How many times the quiet p99 the other may be."""


def measure(grown: Grown) -> dict[str, object]:
    """Print both, and how fast the worker deletes so many dead families; return it for the record.

    It is stopped every few seconds, and goes on a few seconds later: what else the machine does meets both alike.
    """
    connections = [Connection(grown.server.port, Chain(token)) for token in grown.gatehouse.seeds(0).refresh_tokens]
    quiet, cleaning = _talk(connections, QUIET_SECONDS), list[float]()
    gone, taken = 0, 0.0
    with psycopg.connect(grown.gatehouse.database_url, autocommit=True) as database, _worker(grown) as processes:
        first = _deleted(database)
        while gone < DEAD and taken < LONGEST_SECONDS:
            began = time.monotonic()
            cleaning += _talk(connections, CLEANING_SECONDS)
            gone, taken = _deleted(database) - first, taken + time.monotonic() - began
            _signal(processes, signal.SIGSTOP)
            quiet += _talk(connections, QUIET_SECONDS)
            _signal(processes, signal.SIGCONT)
    at_rest, disturbed = percentiles(quiet), percentiles(cleaning)
    ratio = disturbed[1] / at_rest[1]
    judged = f"{'within' if ratio <= NOTICED else 'beyond'} {NOTICED:.2f}"
    print(f"\nCleaning: {gone:,} dead families deleted in {taken:.0f} s among {grown.families:,} live ones;")
    print(
        f"p99 of a refresh {at_rest[1]:.1f} ms while it is quiet, {disturbed[1]:.1f} ms meanwhile: × {ratio:.2f} "
        f"({judged}); p50 {at_rest[0]:.1f} and {disturbed[0]:.1f} ms.",
        flush=True,
    )
    names = ("p50", "p99")
    figures = {"quiet": dict(zip(names, at_rest, strict=True)), "cleaning": dict(zip(names, disturbed, strict=True))}
    return {"deleted": gone, "seconds": taken, **figures}


@contextmanager
def _worker(grown: Grown) -> Iterator[set[int]]:
    """The worker as it is run beside a server, and its processes."""
    log = grown.gatehouse.folder / "worker.log"
    before = descendants(os.getpid())
    worker = Process([sys.executable, "manage.py", "work"], log=log, env=grown.gatehouse.environment, cwd=ROOT)
    try:
        worker.wait_until(lambda: "worker.started" in log.read_text())
        yield {pid for pid in descendants(os.getpid()) - before if "manage.py" in _command(pid)}
    finally:
        worker.stop()


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _signal(processes: set[int], number: signal.Signals) -> None:
    for pid in processes:
        os.kill(pid, number)


def _talk(connections: list[Connection], seconds: int) -> list[float]:
    """Ask over each connection for so long, with a pause after each answer; return the seconds of the answers."""
    over = time.monotonic() + seconds

    def talk(connection: Connection) -> list[float]:
        while time.monotonic() < over:
            connection.ask()
            time.sleep(PAUSE)
        return connection.taken()

    with ThreadPoolExecutor(len(connections)) as pool:
        return [seconds for each in pool.map(talk, connections) for seconds in each]


def _deleted(database: psycopg.Connection) -> int:
    row = database.execute("SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'oauth_ext_family'").fetchone()
    assert row
    return int(row[0])
