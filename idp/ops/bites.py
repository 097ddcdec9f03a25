"""Deleting what is past, a bite at a time, so that nobody waits for a lock."""

import time
from typing import Self, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

BITE = 500
# Of the time that a bite takes: as long again, and more, the database is left to those who wait for an answer.
REST = 2.0


class Deleted(int):
    """How many rows were deleted. `more` says whether there are likely others, which wait for next time."""

    more: bool

    def __new__(cls, rows: int, *, more: bool) -> Self:
        """Make it of the two."""
        made = super().__new__(cls, rows)
        made.more = more
        return made

    def __add__(self, other: int) -> "Deleted":
        """Return both together, of two tables say."""
        return Deleted(int(self) + int(other), more=self.more or (isinstance(other, Deleted) and other.more))


def delete_in_bites(rows: QuerySet[M], *, bite: int = BITE, bites: int = 20) -> Deleted:
    """Delete rows by primary key, each bite in its own transaction, with a rest after each.

    Rows that somebody else holds are left for next time: another worker that cleans takes others than we.
    """
    deleted = 0
    for _ in range(bites):
        began = time.monotonic()
        taken = _delete(rows, bite)
        deleted += taken
        if taken < bite:
            return Deleted(deleted, more=False)
        time.sleep((time.monotonic() - began) * REST)
    return Deleted(deleted, more=True)


def _delete(rows: QuerySet[M], bite: int) -> int:
    with transaction.atomic():
        keys = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:bite])
        # asked again, for what they depend on in other tables isn't held
        rows.filter(pk__in=keys).only("pk").delete()
    return len(keys)
