"""Recording: called by the service of the act, in the act's transaction, so that neither is there without the other."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db.models import QuerySet

from idp.audit.acting import NOBODY, Party, acting, acts
from idp.audit.models import AuditEvent, Event

__all__ = ["NOBODY", "Event", "Party", "acts", "record", "trail"]

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


def record(
    event: Event, details: Mapping[str, object] = NOTHING, *, about: Party = NOBODY, by: Party | None = None
) -> None:
    """Write one event: one INSERT. `details` is JSON and holds no secret; of the address only its network is kept.

    `about` is whom it is done to, or on whose behalf; `by` whom it is done by, where that isn't who is at it.
    """
    at_it = acting()
    by = at_it.by if by is None else by
    AuditEvent.objects.create(
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
