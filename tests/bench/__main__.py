"""`python -m tests.bench`: measure and print the table."""

import json
import os
import platform
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench import refusals, servers, storm
from tests.bench.loads import CONNECTIONS, EACH, LOADS, ROUNDS, Connection, Dialogue, Load, Request, Seeds, run
from tests.stack import environment, postgres, valkey

HELLO = Load("hello", None, 0, False, lambda _: True, lambda _: [Dialogue(Request("GET", "/hello"))] * CONNECTIONS, 600)


class Cost(NamedTuple):
    """CPU of a request in microseconds: of the server's processes, of PostgreSQL's."""

    app: float
    database: float


class Target:
    """A load at a server, over connections that are kept for a round."""

    def __init__(self, server: servers.Server, load: Load, seeds: Seeds) -> None:
        self.server, self.load = server, load
        self.connections = [Connection(server.port, dialogue) for dialogue in load.dialogues(seeds)]

    def measure(self) -> Cost:
        """Cost of one request in this round; the first and the last answer of each connection must be good."""
        for connection in self.connections:
            self.check(connection.ask())
        database = servers.postgres()
        before = self.server.cpu(), servers.cpu(database)
        run(self.connections, self.load.each, self.check)
        after = self.server.cpu(), servers.cpu(database)
        for connection in self.connections:
            connection.http.close()  # granian would, if it were idle until the next round
        requests = len(self.connections) * self.load.each
        return Cost(*((end - start) / requests * 1e6 for start, end in zip(before, after, strict=True)))

    def check(self, body: bytes) -> None:
        """Raises AssertionError when that is not the answer to this load."""
        good = body == b"hello" if self.load is HELLO else self.load.good(json.loads(body))
        assert good, f"{self.load.name} at {self.server.url}: {body!r}"


def main() -> None:
    os.environ.update(environment.settings())
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="gatehouse-bench-")))
        database = parts.enter_context(postgres.running())
        os.environ["REDIS_URL"] = parts.enter_context(valkey.running()).url
        hello = servers.hello(folder)
        parts.callback(hello.stop)
        ours, our_seeds = servers.gatehouse(folder, database.create("gatehouse"))
        parts.callback(ours.stop)
        plain, plain_seeds = servers.plain_dot(folder, database.create("plain"))
        parts.callback(plain.stop)

        unit = Target(hello, HELLO, our_seeds)
        targets = {("ours", load.name): Target(ours, load, our_seeds) for load in LOADS}
        targets |= {("plain", load.name): Target(plain, load, plain_seeds) for load in LOADS if load.plain}
        costs: dict[tuple[str, str], list[Cost]] = defaultdict(list)
        for number in range(ROUNDS):
            costs["unit", ""].append(unit.measure())
            # there and back again: what disturbs the machine for a while doesn't always meet the same
            for key in sorted(targets, key=lambda key: key[1], reverse=bool(number % 2)):
                costs[key].append(targets[key].measure())
        costs["unit", ""].append(unit.measure())
        report(costs, database.version)
        refusals.report(ours, our_seeds.secret)
        storm.report(ours, our_seeds.secret)


def report(costs: dict[tuple[str, str], list[Cost]], version: str) -> None:
    """Print medians over the rounds."""
    app = {key: median(cost.app for cost in each) for key, each in costs.items()}
    sql = {key: median(cost.database for cost in each) for key, each in costs.items()}
    unit = app["unit", ""]
    requests = CONNECTIONS * EACH
    print(f"Python {platform.python_version()}, PostgreSQL {version}, {os.cpu_count()} cores, granian with 2 workers;")
    print(f"medians of {ROUNDS} rounds of {requests} requests over {CONNECTIONS} connections; hello is {unit:.0f} µs.")
    print("App and pg: µs of CPU a request, of the server's processes and of PostgreSQL's.\n")
    print("| | app | × hello | budget | pg | SQL statements | plain DOT: app (pg) | of plain DOT |")
    print("|---|---|---|---|---|---|---|---|")
    for load in LOADS:
        ours, plain = ("ours", load.name), ("plain", load.name)
        hellos = app[ours] / unit
        missed = load.budget is not None and hellos > load.budget
        beside = f"{app[plain]:.0f} ({sql[plain]:.0f}) | {app[ours] / app[plain]:.0%}" if load.plain else "– | –"
        print(
            f"| {load.name} | {app[ours]:.0f} | {hellos:.1f}{' (missed)' if missed else ''} | {load.budget or '–'} "
            f"| {sql[ours]:.0f} | {load.statements} | {beside} |"
        )


if __name__ == "__main__":
    main()
