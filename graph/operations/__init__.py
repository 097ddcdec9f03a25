"""Stored operations: the `*.graphql` files here, parsed and validated at start-up, run by name in process."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from graph.execution import Prepared, prepare

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.graphql"))}


def _prepared(name: str, text: str) -> Prepared:
    prepared = prepare(text)
    if prepared.errors:
        raise ImproperlyConfigured(f"{name}.graphql: {prepared.errors[0]['message']}")
    return prepared


STORED = {name: _prepared(name, text) for name, text in TEXTS.items()}
