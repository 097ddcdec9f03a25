"""Changes in words."""

import json
from collections.abc import Iterable, Iterator

from oauth_ext.configuration.changes import Change, Difference, Kind


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield a line for each change, with its sign, and one for each field below it."""
    for change in changes:
        yield f"{change.kind} {change.path}" + (f": {change.note}" if change.note else "")
        for difference in change.differences:
            yield f"    {_field(difference, change.kind)}"


def summary(changes: Iterable[Change], *, done: bool) -> str:
    """Say how many there are of each kind."""
    kinds = [change.kind for change in changes]
    words = {Kind.CREATE: "create", Kind.CHANGE: "change", Kind.REMOVE: "remove"}
    return ", ".join(f"{kinds.count(kind)} {f'{verb}d' if done else f'to {verb}'}" for kind, verb in words.items())


def _field(difference: Difference, kind: Kind) -> str:
    new = json.dumps(difference.new, ensure_ascii=False)
    if kind is Kind.CREATE:
        return f"{difference.name}: {new}"
    return f"{difference.name}: {json.dumps(difference.old, ensure_ascii=False)} → {new}"
