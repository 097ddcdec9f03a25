"""Deleting families that are long past; whatever still names a missing one is refused."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Count, OuterRef, Q
from django.utils import timezone

from idp.models import Session
from idp.ops.bites import delete_in_bites
from idp.ops.looked_up import LookedUp
from oauth_ext.families.models import Family

# Long enough to look up why somebody's tokens died.
KEEP_PAST = timedelta(days=30)

log = structlog.get_logger(__name__)


def clean_families() -> int:
    """Delete families a month after their end, be it an act, their age, or that they weren't used; return how many.

    None of them stands, so no token that hangs on them is live. One whose session goes on is kept: its client has a
    part in that session, and is told of its end. Each kind is taken oldest first, which an index serves: of all three
    at once PostgreSQL reads every family.
    """
    past = timezone.now() - KEEP_PAST
    unused = _unused_since(past)
    gone = Family.objects.filter(~LookedUp(Session.objects.filter(pk=OuterRef("session_id"), ended_at=None)))
    return (
        delete_in_bites(gone.filter(ended_at__lt=past).order_by("ended_at"))
        + delete_in_bites(gone.filter(expires_at__lt=past).order_by("expires_at"))
        + delete_in_bites(gone.filter(ended_at=None, rotates=True, turned_at__lt=unused).order_by("turned_at"))
    )


def tell_share_of_dead() -> float:
    """Write to the log how many families there are and which share of them is dead; return the share.

    Dead by their own row: ended, too old, or unused for too long. They are kept for a month, and while their session
    goes on; if there are more and more that are `overdue`, cleaning doesn't keep up. It reads every family: once an
    hour will do.
    """
    now = timezone.now()
    counted = Family.objects.aggregate(
        families=Count("pk"), dead=Count("pk", filter=_dead(now)), overdue=Count("pk", filter=_dead(now - KEEP_PAST))
    )
    share = counted["dead"] / counted["families"] if counted["families"] else 0.0
    log.info("families.counted", **counted, share=round(share, 3))
    return share


def _dead(moment: datetime) -> Q:
    unused = Q(rotates=True, turned_at__lt=_unused_since(moment))
    return Q(ended_at__lt=moment) | Q(expires_at__lt=moment) | unused


def _unused_since(moment: datetime) -> datetime:
    """Return the last turn of a family that at a moment could turn no more, and whose access tokens had ended."""
    return moment - timedelta(seconds=settings.REFRESH_TOKEN_EXPIRE_SECONDS + settings.ACCESS_TOKEN_EXPIRE_SECONDS)
