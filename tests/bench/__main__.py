"""`python -m tests.bench`: measure and print. With `full`: peers, growth, cleaning, start and size as well."""

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import chart, cleaning, growth, machine, start
from tests.bench.comparing import compare
from tests.bench.gatehouse import Gatehouse
from tests.bench.loads import CONNECTIONS, EACH, ROUNDS
from tests.bench.measuring import Database
from tests.stack import environment, postgres, valkey
from tests.stack.gatehouse import ROOT

RECORD = ROOT / "build" / "bench.json"
CHART = ROOT / "docs" / "performance.svg"


def main(*, full: bool) -> None:
    os.environ.update(environment.settings())
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="gatehouse-bench-")))
        postgresql = parts.enter_context(postgres.running())
        os.environ["REDIS_URL"] = parts.enter_context(valkey.running()).url
        database = Database(postgresql.url)
        parts.callback(database.close)
        on, versions = machine.machine(), machine.versions(postgresql.version)
        print(f"{on['processor']}, {on['cores']} cores; granian with 2 workers;")
        print(", ".join(f"{name} {number}" for name, number in versions.items()) + ";")
        print(f"medians of {ROUNDS} rounds of {CONNECTIONS * EACH} requests over {CONNECTIONS} connections;", end=" ")
        compared = compare(folder, postgresql, database, full=full)
        taken_at = datetime.now(UTC).isoformat(timespec="seconds")
        record: dict[str, object] = {"taken_at": taken_at, "machine": on, "versions": versions, **compared.record}
        if full:
            CHART.write_text(chart.draw(compared.rows))
            record |= measure_at_length(folder, postgresql, database)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1))


def measure_at_length(folder: Path, postgresql: postgres.Postgres, database: Database) -> dict[str, object]:
    """Start and size, growth, cleaning: each prints what it finds, and returns it for the record."""
    small = Gatehouse(folder, postgresql.create("small"))
    started = start.measure(small)
    memory = start.remember(small, database)
    with ExitStack() as parts:
        grown = growth.grow(folder, postgresql, parts)
        grew = growth.measure(grown, database)
        cleaned = cleaning.measure(grown[-1])
    return {"start": started, "memory_mb": memory, "growth": grew, "cleaning": cleaned}


if __name__ == "__main__":
    main(full=sys.argv[1:] == ["full"])
