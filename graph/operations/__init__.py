"""Stored operations: the `*.graphql` files here, parsed and validated at start-up, run by name in process."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from graph.execution import Prepared, prepare


def _load() -> dict[str, Prepared]:
    stored = {}
    for path in sorted(Path(__file__).parent.glob("*.graphql")):
        prepared = prepare(path.read_text(encoding="utf-8"))
        if prepared.errors:
            raise ImproperlyConfigured(f"{path.name}: {prepared.errors[0]['message']}")
        stored[path.stem] = prepared
    return stored


STORED = _load()
