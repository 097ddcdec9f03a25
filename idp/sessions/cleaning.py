"""Deleting the sessions that are long past."""

from datetime import timedelta

from django.contrib.sessions.models import Session as StoredSession
from django.utils import timezone

from idp.ops.bites import delete_in_bites
from idp.sessions.models import Session

# Long enough for everything that hung on the session to have ended too; what outlives it has its own end.
KEEP_PAST = timedelta(days=7)


def clean_sessions() -> int:
    """Delete sessions long after their absolute end, and what browsers' cookies no longer point to."""
    now = timezone.now()
    return delete_in_bites(Session.objects.filter(absolute_end__lt=now - KEEP_PAST)) + delete_in_bites(
        StoredSession.objects.filter(expire_date__lt=now)
    )
