"""An account is deleted as its owner wants: closed at once, kept if they sign in before it is due, and then gone.

Closing, keeping and deleting each are one conditional statement over the person's row, so that of a sign-in and the
worker at the same moment one has it all its way.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.users.errors import AccountGone, KeptAccount
from idp.users.models import User
from idp.users.notices import Notice, tell
from idp.users.services import end_trust

AT_ONCE: Final = 1000


def ask(user: User) -> datetime:
    """Close the account, and return when it will be deleted; every session, grant and token is dead with the commit.

    Asked twice at once, the first time counts. Raises KeptAccount for whom Django's admin is open.
    """
    due = timezone.now() + timedelta(seconds=settings.ACCOUNT_DELETION_GRACE_SECONDS)
    theirs = Q(is_staff=False, is_superuser=False)
    with transaction.atomic():
        if end_trust(user, Event.DELETION_ASKED, theirs & Q(deletion_due_at=None), deletion_due_at=due):
            user.deletion_due_at = due
            tell(user, Notice.DELETION_ASKED, when=f"{due:%Y-%m-%d %H:%M} UTC")
            return due
    user.refresh_from_db()
    if user.deletion_due_at is None:
        raise KeptAccount("Whoever runs this service must first take their place in its administration away.")
    return user.deletion_due_at


def call_off(user: User) -> None:
    """Keep the account of somebody who is signing in, as they were judged: a part of the sign-in's transaction.

    What was judged before the account was closed keeps nothing: its epoch is another one. Raises AccountGone where it
    is due.
    """
    if user.deletion_due_at is None:
        return
    closed = User.objects.filter(pk=user.pk, epoch=user.epoch, deletion_due_at__gt=timezone.now())
    if closed.update(deletion_due_at=None):
        audit.record(Event.DELETION_CALLED_OFF, about=Party(user=user.sub), by=Party(user=user.sub))
        tell(user, Notice.DELETION_CALLED_OFF)
    elif not User.objects.filter(User.open_now(), pk=user.pk).exists():
        raise AccountGone("it is due to be deleted, or was")
    user.deletion_due_at = None


def delete_due() -> int:
    """Delete the accounts that are due, each with all that hangs on it in a transaction; return how many.

    The trail is not touched: it goes on to name them by `sub`.
    """
    now = timezone.now()
    due = User.objects.filter(deletion_due_at__lte=now).order_by("deletion_due_at")
    return sum(_delete(user, now) for user in due.only("sub")[:AT_ONCE])


def _delete(user: User, now: datetime) -> bool:
    row = User.objects.filter(pk=user.pk)
    with transaction.atomic():
        # the rows that hang on it go by statements of their own: this one decides, and keeps others waiting
        if not row.filter(deletion_due_at__lte=now).update(is_active=False, epoch=F("epoch") + 1):
            return False
        audit.record(Event.USER_DELETED, about=Party(user=user.sub))
        row.delete()
    return True
