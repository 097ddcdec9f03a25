"""Recording: called by the service of the act, in the act's transaction, so that neither is there without the other."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db.models import Q, QuerySet

from idp.audit.acting import NOBODY, Party, acting, acts
from idp.audit.following import LONGEST_TRANSACTION_SECONDS, Followed, Place, follow
from idp.audit.models import AuditEvent, Event
from idp.ops.inserts import Insert

__all__ = [
    "LONGEST_TRANSACTION_SECONDS",
    "NOBODY",
    "AuditEvent",
    "Event",
    "Followed",
    "Party",
    "Place",
    "acts",
    "entry",
    "follow",
    "last_before",
    "record",
    "trail",
    "written_after",
]

_INSERT: Final = Insert(AuditEvent)
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


def record(
    event: Event, details: Mapping[str, object] = NOTHING, *, about: Party = NOBODY, by: Party | None = None
) -> None:
    """Write one event: one INSERT. `details` is JSON and holds no secret; of the address only its network is kept.

    `about` is whom it is done to, or on whose behalf; `by` whom it is done by, where that isn't who is at it.
    """
    _INSERT.run(entry(event, details, about=about, by=by))


def entry(
    event: Event, details: Mapping[str, object] = NOTHING, *, about: Party = NOBODY, by: Party | None = None
) -> AuditEvent:
    """Return the row of an event, for the one statement that writes it with what it is about; as `record`."""
    at_it = acting()
    by = at_it.by if by is None else by
    return AuditEvent(
        event=event,
        by_user=by.user,
        by_client=by.client,
        for_user=about.user,
        for_client=about.client,
        network=at_it.network,
        details=dict(details),
    )


def trail(
    *, event: Event | None = None, about_user: uuid.UUID | None = None, by_client: str | None = None
) -> QuerySet[AuditEvent]:
    """Return what happened: of one kind, about one person, by one client."""
    if by_client is not None and "\x00" in by_client:
        return AuditEvent.objects.none()
    wanted = {"event": event, "for_user": about_user, "by_client": by_client}
    return AuditEvent.objects.filter(**{column: value for column, value in wanted.items() if value is not None})


def last_before(at: datetime) -> int:
    """Return the number of the last row written before a time, or 0."""
    last = AuditEvent.objects.filter(at__lt=at).order_by("-at", "-pk").values_list("pk", flat=True).first()
    return last or 0


def written_after(number: int, missing: Collection[int] = ()) -> QuerySet[AuditEvent]:
    """Return the rows with a higher number, and those of these numbers that have come since, in their order."""
    return AuditEvent.objects.filter(Q(pk__gt=number) | Q(pk__in=missing)).order_by("pk")
