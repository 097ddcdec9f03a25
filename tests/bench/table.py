"""The table of loads and servers: what was measured, as text for people and as JSON for programs."""

from typing import NamedTuple

from tests.bench.loads import LOADS, OURS, PEER, PLAIN, SLOW, Load
from tests.bench.measuring import Figures, Round, figures, percentiles

Rounds = dict[tuple[str, str], list[Round]]


class Row(NamedTuple):
    """A load, and its figures at each server that knows it. `hello` is the unit, in µs."""

    load: Load
    hello: float
    at: dict[str, Figures]

    @property
    def hellos(self) -> float:
        return self.at[OURS].app / self.hello

    @property
    def missed(self) -> bool:
        return self.load.budget is not None and self.hellos > self.load.budget

    def ratio(self, server: str) -> str:
        return f"{self.at[OURS].app / self.at[server].app:.0%}" if {OURS, server} <= self.at.keys() else "–"


def rows(rounds: Rounds, hello: float) -> list[Row]:
    found = [
        Row(
            load,
            hello,
            {server: figures(rounds[server, load.name]) for server in load.servers if (server, load.name) in rounds},
        )
        for load in LOADS
    ]
    return [row for row in found if row.at]


def text(table: list[Row]) -> str:
    """The table in Markdown, with the columns of those peers that were there."""
    heads = ["", "app", "× hello", "budget", "pg", "commits", "SQL statements", "p50 ms", "p99 ms"]
    peers = [server for server in (PLAIN, PEER) if any(server in row.at for row in table)]
    for server in peers:
        heads += [f"{server}: app{' (pg)' if server == PLAIN else ''}", f"of {server}"]
    lines = [heads, ["---"] * len(heads), *(_ours(row) + _peers(row, peers) for row in table)]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", *filter(None, map(_slow, table))]).strip()


def _slow(row: Row) -> str:
    if SLOW not in row.at:
        return ""
    ours, slow = row.at[OURS].app, row.at[SLOW].app
    return f"{SLOW}: {row.load.name} {slow:,.0f} µs; ours is {ours / slow:.2%} of that."


def _ours(row: Row) -> list[str]:
    statements = "–" if row.load.statements is None else str(row.load.statements)
    if OURS not in row.at:
        return [row.load.name, *["–"] * 8]
    ours = row.at[OURS]
    return [
        row.load.name,
        f"{ours.app:.0f}",
        f"{row.hellos:.1f}{' (missed)' if row.missed else ''}",
        str(row.load.budget or "–"),
        f"{ours.database:.0f}",
        f"{ours.commits:.1f}",
        statements,
        f"{ours.p50:.1f}",
        f"{ours.p99:.1f}",
    ]


def _peers(row: Row, peers: list[str]) -> list[str]:
    cells = []
    for server in peers:
        there = row.at.get(server)
        with_database = f" ({there.database:.0f})" if there and server == PLAIN else ""
        cells += [f"{there.app:.0f}{with_database}" if there else "–", row.ratio(server)]
    return cells


def record(table: list[Row], rounds: Rounds) -> list[dict[str, object]]:
    """The same for programs, with what each round said."""
    return [
        {
            "load": row.load.name,
            "budget_hellos": row.load.budget,
            "statements": row.load.statements,
            "servers": {
                server: {
                    "median": there._asdict(),
                    "rounds": [_round(each) for each in rounds[server, row.load.name]],
                }
                for server, there in row.at.items()
            },
        }
        for row in table
    ]


def _round(each: Round) -> dict[str, float]:
    p50, p99 = percentiles(each.seconds)
    return {"app": each.app, "database": each.database, "commits": each.commits, "p50": p50, "p99": p99}
