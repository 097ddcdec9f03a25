"""Ends that nobody is there for: sessions whose time has come, and those that their user's epoch has overtaken.

They count no longer from that moment on, whoever looks. Ending the row as well is what tells others of it.
"""

from django.db.models import F, Q
from django.utils import timezone

from idp.sessions.models import Session
from idp.sessions.services import end_where

AT_ONCE = 1000


def end_lapsed() -> int:
    """End sessions that were not used for too long, or have lasted too long; return how many. The rest comes next."""
    now = timezone.now()
    lapsed = Q(idle_end__lte=now) | Q(absolute_end__lte=now)
    found = list(Session.objects.filter(lapsed, ended_at=None).values_list("pk", flat=True)[:AT_ONCE])
    return sum(end_where(pk, lapsed) for pk in found)


def end_overtaken(payload: dict[str, object]) -> None:
    """End what a user had when all trust in it ended (topic `users.TRUST_ENDED`); what was renewed since goes on."""
    overtaken = ~Q(user_epoch=F("user__epoch")) | Q(user__is_active=False)
    sessions = Session.objects.filter(overtaken, ended_at=None, user_id=str(payload["user"]))
    for pk, epoch in sessions.values_list("pk", "user_epoch"):
        end_where(pk, Q(user_epoch=epoch))
