"""A load at a server, round after round, and what each round cost."""

import json
import statistics
from collections.abc import Callable, Iterable
from typing import NamedTuple

import psycopg

from tests.bench import processes
from tests.bench.loads import Json, Load, Seeds
from tests.bench.servers import Server
from tests.bench.talking import Connection, Dialogue, run


class Round(NamedTuple):
    """CPU of a request in microseconds, of the server's processes and of PostgreSQL's; commits a request; latencies."""

    app: float
    database: float
    commits: float
    seconds: list[float]


class Figures(NamedTuple):
    """Several rounds in one: medians, and of all their latencies the 50th and the 99th percentile, in milliseconds."""

    app: float
    database: float
    commits: float
    p50: float
    p99: float


def figures(rounds: list[Round]) -> Figures:
    p50, p99 = percentiles(seconds for each in rounds for seconds in each.seconds)
    app, database, commits = (statistics.median(values) for values in zip(*(each[:3] for each in rounds), strict=True))
    return Figures(app, database, commits, p50, p99)


def percentiles(seconds: Iterable[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return cuts[49] * 1e3, cuts[98] * 1e3


class Database:
    """PostgreSQL, asked for what it did."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def writes(self) -> int:
        """How many transactions have written something: those to which a number was given (`xmax` gives none)."""
        row = self._connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        assert row
        return int(row[0])

    def close(self) -> None:
        self._connection.close()


class Target:
    """A load at a server, over connections that are kept for a round; `each` requests over each, with such pauses."""

    def __init__(
        self,
        server: Server,
        dialogues: list[Dialogue],
        good: Callable[[bytes], bool],
        each: int,
        database: Database,
        pause: float = 0,
    ) -> None:
        self.server, self.good, self.each, self.database, self.pause = server, good, each, database, pause
        self.connections = [Connection(server.port, dialogue) for dialogue in dialogues]

    def measure(self) -> Round:
        """Cost of one request in this round; the first and the last answer of each connection must be good."""
        for connection in self.connections:
            self.check(connection.ask())
            connection.taken()
        postgres = processes.postgres()
        before = self.server.cpu(), processes.cpu(postgres), self.database.writes()
        run(self.connections, self.each, self.check, self.pause)
        after = self.server.cpu(), processes.cpu(postgres), self.database.writes()
        for connection in self.connections:
            connection.http.close()  # granian would, if it were idle until the next round
        requests = len(self.connections) * self.each
        app, database, commits = ((end - start) / requests for start, end in zip(before, after, strict=True))
        seconds = [each for connection in self.connections for each in connection.taken()]
        return Round(app * 1e6, database * 1e6, commits, seconds)

    def check(self, body: bytes) -> None:
        """Raises AssertionError when that is not the answer to this load."""
        assert self.good(body), f"{self.server.url}: {body!r}"


def target(server: Server, load: Load, seeds: Seeds, database: Database, each: int, pause: float = 0) -> Target:
    def good(body: bytes) -> bool:
        answer: Json = json.loads(body)
        return load.good(answer)

    return Target(server, load.dialogues(seeds), good, each, database, pause)
