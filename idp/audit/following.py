"""Following what happens to one person, so that nothing is lost of what is committed later than it was written.

What was written lately is looked at again, and what was seen of it left out: of one person it is little.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple, Self

from django.db.models import QuerySet
from django.utils import timezone

from idp.audit.models import AuditEvent

LONGEST_TRANSACTION_SECONDS: Final = 120
AT_ONCE: Final = 100


@dataclass(frozen=True)
class Place:
    """Behind what was written until `at`; `seen` are the rows of shortly before by number. Seconds since the epoch."""

    at: float
    seen: dict[int, float] = field(default_factory=dict)

    def behind(self, rows: list[AuditEvent], at: float) -> "Place":
        """Return the place at a later time, with these rows seen."""
        seen = self.seen | {row.pk: row.at.timestamp() for row in rows}
        return Place(at, {pk: when for pk, when in seen.items() if when >= at - LONGEST_TRANSACTION_SECONDS})

    def written(self) -> bytes:
        """Return it as JSON."""
        return json.dumps([self.at, list(self.seen.items())], separators=(",", ":")).encode()

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Return what was written."""
        at, seen = json.loads(written)
        return cls(at, dict(seen))


class Followed(NamedTuple):
    """What happened, in the order in which it was written, the place behind it, and whether there is more already."""

    rows: list[AuditEvent]
    place: Place
    more: bool


def follow(person: uuid.UUID, place: Place | None) -> Followed:
    """Return what happened to a person behind a place: at most `AT_ONCE` rows, by one statement. Without one, none."""
    now = timezone.now().timestamp()
    if place is None:
        begun = Place(now)
        return Followed([], begun.behind(list(_written(person, begun)), now), more=False)
    rows = list(_written(person, place)[: AT_ONCE + 1])
    if len(rows) <= AT_ONCE:
        return Followed(rows, place.behind(rows, now), more=False)
    shown = rows[:AT_ONCE]
    return Followed(shown, place.behind(shown, max(place.at, shown[-1].at.timestamp())), more=True)


def _written(person: uuid.UUID, place: Place) -> QuerySet[AuditEvent]:
    since = datetime.fromtimestamp(place.at - LONGEST_TRANSACTION_SECONDS, tz=UTC)
    return AuditEvent.objects.filter(for_user=person, at__gte=since).exclude(pk__in=place.seen).order_by("at", "pk")
