"""Deleting families that are long past; whatever still names a missing one is refused."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from idp.models import Session
from idp.ops.bites import delete_in_bites
from oauth_ext.families.models import Family

# Long enough to look up why somebody's tokens died.
KEEP_PAST = timedelta(days=30)


def clean_families() -> int:
    """Delete families a month after their end, be it an act, their age, or that they weren't used; return how many.

    None of them stands, so no token that hangs on them is live. One whose session goes on is kept: its client has a
    part in that session, and is told of its end.
    """
    past = timezone.now() - KEEP_PAST
    unused = past - timedelta(seconds=settings.REFRESH_TOKEN_EXPIRE_SECONDS + settings.ACCESS_TOKEN_EXPIRE_SECONDS)
    return delete_in_bites(
        Family.objects.filter(
            Q(ended_at__lt=past) | Q(expires_at__lt=past) | Q(rotates=True, turned_at__lt=unused),
            ~Exists(Session.objects.filter(pk=OuterRef("session_id"), ended_at=None)),
        )
    )
