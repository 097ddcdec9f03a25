"""Every load at every server that knows it, in turn, round after round."""

from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.bench import refusals, servers, signing_in, storm, table
from tests.bench.gatehouse import Gatehouse
from tests.bench.loads import CONNECTIONS, EACH, LOADS, OURS, PEER, PLAIN, ROUNDS, SLOW, Seeds
from tests.bench.measuring import Database, Round, Target, figures, target
from tests.bench.talking import Dialogue, Request
from tests.stack.postgres import Postgres

HELLOS = 600
FEW = 2
"""Requests a connection sends in one round to a server that takes a quarter of a second for each."""


class Compared(NamedTuple):
    """The table, and the same for the record."""

    rows: list[table.Row]
    record: dict[str, object]


def compare(folder: Path, postgresql: Postgres, database: Database, *, full: bool) -> Compared:
    """Print the table and how long refusals take; with `full` it has the columns of every peer."""
    with ExitStack() as parts:
        hello = servers.hello(folder)
        parts.callback(hello.stop)
        gatehouse = Gatehouse(folder, postgresql.create("gatehouse"))
        ours = gatehouse.start()
        parts.callback(ours.stop)
        started = {OURS: (ours, gatehouse.seeds()), **_peers(folder, postgresql, parts, full=full)}
        unit = Target(hello, [Dialogue(Request("GET", "/hello"))] * CONNECTIONS, _is_hello, HELLOS, database)
        targets = {
            (name, load.name): target(server, load, seeds, database, FEW if name == SLOW else EACH)
            for load in LOADS
            for name, (server, seeds) in started.items()
            if name in load.servers
        }
        rounds: table.Rounds = defaultdict(list)
        units: list[Round] = []
        for number in range(ROUNDS):
            units.append(unit.measure())
            # there and back again: what disturbs the machine for a while doesn't always meet the same
            for key in sorted(targets, key=lambda key: key[1], reverse=bool(number % 2)):
                rounds[key].append(targets[key].measure())
        units.append(unit.measure())
        hellos = figures(units)
        rows = table.rows(rounds, hellos.app)
        print(f"hello is {hellos.app:.0f} µs, its p50 {hellos.p50:.1f} ms, its p99 {hellos.p99:.1f} ms.")
        print("App and pg: µs of CPU a request, of the server's processes and of PostgreSQL's; commits: transactions")
        print(f"that wrote something.\n\n{table.text(rows)}\n", flush=True)
        refusals.report(ours, gatehouse.secret)
        signed_in = signing_in.report(gatehouse, ours, database)
        stormed = storm.report(gatehouse, ours, storm.MANY_ROUNDS if full else storm.ROUNDS)
    units_of = "app, database, hello: µs of CPU a request; p50, p99: ms"
    storms = {weather: {name: times._asdict() for name, times in paths.items()} for weather, paths in stormed.items()}
    measured: dict[str, object] = {
        "units": units_of,
        "hello": hellos._asdict(),
        "loads": table.record(rows, rounds),
        "sign_in_ms": signed_in,
        "storms": storms,
    }
    return Compared(rows, measured)


def _peers(
    folder: Path, postgresql: Postgres, parts: ExitStack, *, full: bool
) -> dict[str, tuple[servers.Server, Seeds]]:
    peers = {PLAIN: servers.plain_dot(folder, postgresql.create("plain"))}
    parts.callback(peers[PLAIN][0].stop)
    if full:
        peers[SLOW] = servers.plain_dot(folder, postgresql.create("slow"), "default")
        parts.callback(peers[SLOW][0].stop)
        peers[PEER] = servers.oidc_provider(folder)
        parts.callback(peers[PEER][0].stop)
    return peers


def _is_hello(body: bytes) -> bool:
    return body == b"hello"
