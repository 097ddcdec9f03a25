"""Deleting what is past, a bite at a time, so that nobody waits for a lock."""

import time
from typing import Self, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

# Some ten milliseconds of work, which who waits for an answer doesn't notice
BITE = 100
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


def delete_in_bites(rows: QuerySet[M], *, bite: int = BITE, bites: int = 100) -> Deleted:
    """Delete rows by primary key, each bite in its own transaction, with a rest after each.

    They are looked up once for all bites, for that may take a look at many. Rows that somebody else holds are left for
    next time: another worker that cleans takes others than we.
    """
    keys = list(rows.values_list("pk", flat=True)[: bite * bites])
    deleted = 0
    for start in range(0, len(keys), bite):
        began = time.monotonic()
        deleted += _delete(rows.filter(pk__in=keys[start : start + bite]))
        if start + bite < len(keys):
            time.sleep((time.monotonic() - began) * REST)
    return Deleted(deleted, more=deleted > 0 and len(keys) == bite * bites)


def _delete(rows: QuerySet[M]) -> int:
    with transaction.atomic():
        held = list(rows.order_by().select_for_update(skip_locked=True).values_list("pk", flat=True))
        # asked again, for what they depend on in other tables isn't held
        rows.filter(pk__in=held).only("pk").delete()
    return len(held)
