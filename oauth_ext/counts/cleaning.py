"""Deleting the numbers of days that are long past."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext.counts.models import ClientCount


def clean_counts() -> int:
    """Delete those of days longer ago than `AUDIT_RETENTION_DAYS`, as the trail's are; return how many rows."""
    if not settings.AUDIT_RETENTION_DAYS:
        return 0
    oldest = timezone.now().date() - timedelta(days=settings.AUDIT_RETENTION_DAYS)
    return delete_in_bites(ClientCount.objects.filter(day__lt=oldest).order_by("day"), bite=1000)
