"""Deleting messages that are past."""

from datetime import timedelta

from django.utils import timezone

from idp.ops.bites import delete_in_bites
from idp.outbox.models import OutboxMessage

KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=30)


def clean_messages() -> int:
    """Delete messages that are done, and those nobody could handle."""
    now = timezone.now()
    return delete_in_bites(OutboxMessage.objects.filter(done_at__lt=now - KEEP_DONE)) + delete_in_bites(
        OutboxMessage.objects.filter(done_at=None, created_at__lt=now - KEEP_FAILED)
    )
