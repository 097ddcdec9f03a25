"""Deleting what is too old to be used again."""

from datetime import timedelta

from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext.replay.models import UsedOnce

# For clocks of ours that don't agree.
KEEP_PAST = timedelta(minutes=5)


def clean_used() -> int:
    """Delete what was used and has ended since; return how many."""
    past = UsedOnce.objects.filter(expires_at__lt=timezone.now() - KEEP_PAST)
    return delete_in_bites(past, bite=1000)
