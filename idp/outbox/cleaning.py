"""Deleting what is past, a bite at a time, so that nobody waits for a lock."""

from datetime import timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from idp.outbox.models import OutboxMessage

M = TypeVar("M", bound=Model)

BITE = 500
KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=30)


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


def clean_messages() -> int:
    """Delete messages that are done, and those nobody could handle."""
    now = timezone.now()
    return delete_in_bites(OutboxMessage.objects.filter(done_at__lt=now - KEEP_DONE)) + delete_in_bites(
        OutboxMessage.objects.filter(done_at=None, created_at__lt=now - KEEP_FAILED)
    )
