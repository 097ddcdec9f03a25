"""Whether a million families change anything: the same loads at deployments of several sizes, in turn.

The connections pause between their requests: what is slow on a machine that is full is whatever had to wait for it.
"""

from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.bench.filling import fill
from tests.bench.gatehouse import Gatehouse
from tests.bench.loads import EACH, LOADS, OURS
from tests.bench.measuring import Database, Figures, Round, figures, target
from tests.bench.servers import Server
from tests.stack.postgres import Postgres

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 24
"""The p99 of one deployment over ten differs from that of its equal by up to a fifth; over two dozen by a tenth."""
PAUSE = 0.005
FLAT = 1.15
"""How many times the smallest's CPU and p99 the others' may be."""


class Grown(NamedTuple):
    """A deployment with that many live families."""

    families: int
    gatehouse: Gatehouse
    server: Server


def grow(folder: Path, postgresql: Postgres, parts: ExitStack) -> list[Grown]:
    """Make and start a deployment of each size; they end with `parts`."""
    grown = []
    for families in SIZES:
        gatehouse = Gatehouse(folder, postgresql.create(f"grown_{families}"))
        fill(gatehouse.database_url, families, gatehouse.url)
        server = gatehouse.start()
        parts.callback(server.stop)
        grown.append(Grown(families, gatehouse, server))
    return grown


def measure(grown: list[Grown], database: Database) -> list[dict[str, object]]:
    """Print what each hot path costs at each size, beside the smallest; return it for the record."""
    loads = [load for load in LOADS if OURS in load.servers and load.budget]
    seeds = {each.families: each.gatehouse.seeds(ROUNDS) for each in grown}
    targets = {
        (load.name, each.families): target(each.server, load, seeds[each.families], database, EACH, PAUSE)
        for load in loads
        for each in grown
    }
    rounds: dict[tuple[str, int], list[Round]] = defaultdict(list)
    for number in range(ROUNDS):
        for key in sorted(targets, reverse=bool(number % 2)):
            rounds[key].append(targets[key].measure())
    table = {load.name: {size: figures(rounds[load.name, size]) for size in SIZES} for load in loads}
    _print(table)
    return [
        {"load": name, "sizes": {str(size): each._asdict() for size, each in sizes.items()}}
        for name, sizes in table.items()
    ]


def _print(table: dict[str, dict[int, Figures]]) -> None:
    smallest, *larger = SIZES
    heads = ["", f"{smallest:,} live: app + pg", *(f"{size:,}" for size in larger)]
    heads += [f"{smallest:,} live: p99 ms", *(f"{size:,}" for size in larger)]
    print(f"\nGrowth: live families, and as many dead; medians of {ROUNDS} rounds, and how many times the smallest.\n")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    apart = []
    for name, sizes in table.items():
        first = sizes[smallest]
        cpu = [(sizes[size].app + sizes[size].database) / (first.app + first.database) for size in larger]
        p99 = [sizes[size].p99 / first.p99 for size in larger]
        cells = [name, f"{first.app:.0f} + {first.database:.0f}", *(f"{ratio:.2f}" for ratio in cpu)]
        print(f"| {' | '.join([*cells, f'{first.p99:.1f}', *(f'{ratio:.2f}' for ratio in p99)])} |")
        apart += [f"{name}: CPU × {ratio:.2f}" for ratio in cpu if ratio > FLAT]
        apart += [f"{name}: p99 × {ratio:.2f}" for ratio in p99 if ratio > FLAT]
    print(f"\nWithin {FLAT - 1:.0%}: {'every line' if not apart else 'all but ' + '; '.join(apart)}.", flush=True)
