"""Whose identity it is here: linking, taking back, and the role that it gives. By issuer and subject alone (T76)."""

from datetime import datetime
from typing import Final, NamedTuple

import structlog
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors import passkeys
from idp.providers import services as providers
from idp.providers.errors import IdentityTaken, LastWayIn, NoNewAccounts, NoSuchIdentity, TooManyIdentities
from idp.providers.models import Identity, IdentityProvider
from idp.providers.services import Proof
from idp.users import services as users
from idp.users.emails import has_account
from idp.users.errors import UnknownRole
from idp.users.locking import locked
from idp.users.models import DEFAULT_ROLE, User
from idp.users.notices import Notice, tell

MOST: Final = 10  # identities of a person


class Linked(NamedTuple):
    """An identity as people see it; `called` is what its provider is called, or the issuer where there is none now."""

    pk: int
    called: str
    issuer: str
    linked_at: datetime
    last_used_at: datetime | None


log = structlog.get_logger(__name__)


def of_user(user_pk: int) -> QuerySet[Identity]:
    """Return a person's identities, the oldest first."""
    return Identity.objects.filter(user_id=user_pk).order_by("pk")


def shown(user_pk: int) -> list[Linked]:
    """Return a person's identities as they are shown to people: two statements, however many they are."""
    rows = list(of_user(user_pk))
    known = IdentityProvider.objects.filter(issuer__in={row.issuer for row in rows})
    called = {provider.issuer: provider.display_name for provider in known}
    return [
        Linked(row.pk, called.get(row.issuer, row.issuer), row.issuer, row.linked_at, row.last_used_at) for row in rows
    ]


def owner(proof: Proof) -> User | None:
    """Return whose identity it is, or None."""
    found = Identity.objects.select_related("user__role").filter(issuer=proof.issuer, subject=proof.subject).first()
    return found.user if found else None


def used(user: User, proof: Proof) -> None:
    """Take note that the person signs in by it, and give the role that the rules now give, or take back what they gave.

    Only a role that these rules gave at the sign-in before is taken back: what an administrator gave stays.
    """
    with transaction.atomic():
        held = locked(user.pk)
        identity = _locked(user, proof)
        given = _give(held, proof.role) if proof.role else False
        if not given and identity.given_role_id is not None and identity.given_role_id == held.role_id:
            users.set_role(held, DEFAULT_ROLE)
        identity.given_role = held.role if given else None
        identity.last_used_at = timezone.now()
        identity.save(update_fields=["given_role", "last_used_at"])
    user.role = held.role


def link(user: User, proof: Proof) -> Identity:
    """Make it the person's; again changes nothing. Raises IdentityTaken, TooManyIdentities."""
    with transaction.atomic():
        locked(user.pk)
        if known := of_user(user.pk).filter(issuer=proof.issuer, subject=proof.subject).first():
            return known
        if of_user(user.pk).count() >= MOST:
            raise TooManyIdentities(f"there are {MOST}")
        identity = _create(user, proof)
        _record(Event.IDENTITY_LINKED, user, proof.issuer)
        tell(user, Notice.IDENTITY_LINKED, provider=_called(proof.issuer))
    return identity


def unlink(user: User, identity_pk: int) -> Identity:
    """Have it no longer be theirs; return it as it was. Raises NoSuchIdentity, LastWayIn."""
    with transaction.atomic():
        held = locked(user.pk)
        identity = of_user(user.pk).filter(pk=identity_pk).first()
        if identity is None:
            raise NoSuchIdentity("there is no such identity")
        if not _another_way_in(held, identity):
            raise LastWayIn("there is no other way to sign in")
        of_user(user.pk).filter(pk=identity_pk).delete()
        _record(Event.IDENTITY_UNLINKED, user, identity.issuer)
        tell(user, Notice.IDENTITY_UNLINKED, provider=_called(identity.issuer))
    return identity


def sign_up(proof: Proof, username: str, email: str) -> User:
    """Add a person who has this identity and no password. Raises NoNewAccounts, NameTaken, IdentityTaken.

    The address counts as theirs if the provider has proved that very one, and nobody here has it; else it is kept as
    not proved, as with `users.sign_up`: nobody gains anything by another's address.
    """
    provider = providers.find(proof.provider)
    if provider is None or not provider.sign_up or provider.issuer != proof.issuer:
        raise NoNewAccounts("nobody gets an account by this provider")
    address = email.lower()
    with transaction.atomic():
        user = users.create_user(username, None)
        _create(user, proof)
        row = EmailAddress.objects.create(user=user, email=address, verified=False, primary=True)
        if proof.email_verified and proof.email == address and not has_account(address):
            _take_as_proved(user, row)
        _record(Event.IDENTITY_LINKED, user, proof.issuer)
    return user


def _take_as_proved(user: User, row: EmailAddress) -> None:
    """Make it the account's own; where somebody else proved it meanwhile, which the database says, leave it."""
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(pk=row.pk).update(verified=True)
    except IntegrityError:
        return
    User.objects.filter(pk=user.pk).update(email=row.email)
    user.email = row.email
    audit.record(Event.EMAIL_VERIFIED, about=Party(user=user.sub))


def _create(user: User, proof: Proof) -> Identity:
    try:
        with transaction.atomic():
            return Identity.objects.create(user=user, issuer=proof.issuer, subject=proof.subject)
    except IntegrityError:
        raise IdentityTaken("somebody else has this identity") from None


def _give(held: User, role: str) -> bool:
    try:
        users.set_role(held, role)
    except UnknownRole:
        log.warning("provider.unknown_role", role=role)
        return False
    return True


def _another_way_in(user: User, identity: Identity) -> bool:
    """Whether the person can sign in without this identity: by a password, a passkey, or another one."""
    if user.has_usable_password() or passkeys.of_user(user.pk).exists():
        return True
    usable = providers.switched_on().values("issuer")
    return of_user(user.pk).exclude(pk=identity.pk).filter(issuer__in=usable).exists()


def _locked(user: User, proof: Proof) -> Identity:
    mine = of_user(user.pk).filter(issuer=proof.issuer, subject=proof.subject).select_for_update(of=("self",)).first()
    if mine is None:
        raise NoSuchIdentity("it was taken back meanwhile")
    return mine


def _called(issuer: str) -> str:
    names = IdentityProvider.objects.filter(issuer=issuer).values_list("display_name", flat=True)
    return names.first() or issuer


def _record(event: Event, user: User, issuer: str) -> None:
    audit.record(event, {"issuer": issuer}, about=Party(user=user.sub))
