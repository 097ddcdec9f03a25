"""Inviting people: a link in a mail, good once and for days, by which somebody makes their account with a given role.

An invitation stands on whoever invited: with their account, or the role they had, it lapses. What is kept of its key is
a hash; 256 random bits need no slow one.
"""

import hashlib
import secrets
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Final

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.ops.bites import delete_in_bites
from idp.outbox import services as outbox
from idp.users.emails import has_account, read
from idp.users.errors import AddressTaken, InvitationOver, InvitedOtherwise, NameTaken
from idp.users.models import Invitation, Role, User
from idp.users.services import create_user

DAYS: Final = 7
KEPT_PAST: Final = timedelta(days=30)
INVITED: Final = "invited"  # topic; the payload is the row's key as `invitation`, and the link's as `key`


class State(Enum):
    """What has become of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"
    LAPSED = "lapsed"


def invite(typed: str, role: Role, by: User | None) -> Invitation:
    """Have a link mailed to an address; that the role may be given is for the caller to judge.

    One for the same role that was mailed there before is over. Raises BadAddress, AddressTaken, InvitedOtherwise.
    """
    email = read(typed)
    if has_account(email):
        raise AddressTaken("There is an account with this address.")
    key, now = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        for row in Invitation.objects.filter(_open(), email=email):
            if row.role_id != role.pk:  # which not everybody may take back
                raise InvitedOtherwise("This address is invited to another role. Revoke that first.")
            revoke(row)
        invitation = Invitation.objects.create(
            email=email,
            role=role,
            key_hash=_hash(key),
            invited_by=by,
            inviters_role=by.role if by else None,
            expires_at=now + timedelta(days=DAYS),
        )
        outbox.put(INVITED, {"invitation": invitation.pk, "key": key})
        audit.record(Event.USER_INVITED, _details(invitation))
    return invitation


def everything() -> QuerySet[Invitation]:
    """Return all invitations, with their roles and inviters."""
    return Invitation.objects.select_related("role", "invited_by")


def state(invitation: Invitation) -> State:
    """Say of a row of `everything` what has become of it."""
    if invitation.accepted_at is not None:
        return State.ACCEPTED
    if invitation.revoked_at is not None:
        return State.REVOKED
    by = invitation.invited_by
    if by is not None and (not by.is_active or by.deletion_due_at or by.role_id != invitation.inviters_role_id):
        return State.LAPSED
    return State.OPEN if invitation.expires_at > timezone.now() else State.EXPIRED


def find(key: str) -> Invitation | None:
    """Return the open invitation whose link has this key."""
    return everything().filter(_open(), key_hash=_hash(key)).first()


def revoke(invitation: Invitation) -> bool:
    """End it; false if it was over."""
    with transaction.atomic():
        ended = Invitation.objects.filter(_open(), pk=invitation.pk).update(revoked_at=timezone.now())
        if ended:
            audit.record(Event.INVITATION_REVOKED, _details(invitation))
    return ended == 1


def accept(invitation: Invitation, username: str, password: str) -> User:
    """Add the person, with the role, and the address as proved: the mail has reached them. Once, however many try.

    Raises NameTaken, Busy; InvitationOver, also where somebody else has proved the address meanwhile.
    """
    role, email = invitation.role.name, invitation.email
    try:
        return create_user(username, password, role=role, email=email, and_then=partial(_claim, invitation))
    except NameTaken:
        if not Invitation.objects.filter(_open(), pk=invitation.pk).exists():
            raise InvitationOver from None
        raise


def _claim(invitation: Invitation, user: User) -> None:
    if not Invitation.objects.filter(_open(), pk=invitation.pk).update(accepted_at=timezone.now()):
        raise InvitationOver
    try:
        with transaction.atomic():
            EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    except IntegrityError:
        raise InvitationOver from None
    audit.record(Event.INVITATION_ACCEPTED, _details(invitation), about=Party(user=user.sub))


def clean() -> int:
    """Delete those that have long been over: they name people who may never have come."""
    return delete_in_bites(Invitation.objects.filter(expires_at__lt=timezone.now() - KEPT_PAST))


def _open() -> Q:
    here = User.objects.filter(is_active=True, deletion_due_at=None)
    inviter = here.filter(pk=OuterRef("invited_by"), role=OuterRef("inviters_role"))
    return Q(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()) & (
        Q(invited_by=None) | Q(Exists(inviter))
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _details(invitation: Invitation) -> dict[str, object]:
    return {"invitation": invitation.pk, "role": invitation.role.name}
