"""Deleting what is past, a bite at a time, so that nobody waits for a lock."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

BITE = 500


def delete_in_bites(rows: QuerySet[M], *, bite: int = BITE, bites: int = 20) -> int:
    """Delete rows by primary key, each bite in its own transaction; return how many. The rest waits for next time."""
    deleted = 0
    for _ in range(bites):
        keys = list(rows.values_list("pk", flat=True)[:bite])
        rows.filter(pk__in=keys).delete()
        deleted += len(keys)
        if len(keys) < bite:
            break
    return deleted
