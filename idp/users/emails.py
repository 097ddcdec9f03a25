"""A person's e-mail addresses: allauth keeps them, others ask here.

The primary one is the account's own, `User.email`: the claim, a name to sign in by, and where reset links go. All rows
are lower case. Whether an address is somebody else's is found out by who mails to it, and told to that mailbox alone.
"""

from typing import Final, NamedTuple

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import OuterRef

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.ops.looked_up import LookedUp
from idp.outbox import services as outbox
from idp.users import email_codes
from idp.users.errors import (
    AddressNotProved,
    AddressProved,
    BadAddress,
    PrimaryAddress,
    TooManyAddresses,
    UnknownAddress,
    WrongCode,
)
from idp.users.locking import locked
from idp.users.models import EMAIL_MAX_LENGTH, User

MOST: Final = 10  # addresses of a person
CODE_WANTED: Final = "email code wanted"  # topic; the payload is the row's key as `user`, and the address as `email`
CHANGED: Final = "emails changed"  # topic; the same, `email` being where it is told, and what happened as `event`


class Address(NamedTuple):
    """One of a person's addresses."""

    address: str
    verified: bool
    primary: bool


def is_verified(user: str, email: str) -> LookedUp:
    """Return an expression: whether the address in column `email` is proved to be that of the user in column `user`."""
    return LookedUp(EmailAddress.objects.filter(user_id=OuterRef(user), email=OuterRef(email), verified=True))


def of_user(user_pk: int, primary: str) -> list[Address]:
    """Return all addresses of a person whose own is `primary`: by one statement, that one first, the others by age."""
    rows = EmailAddress.objects.filter(user_id=user_pk).order_by("pk").values_list("email", "verified")
    found = [Address(email, verified, _same(email, primary)) for email, verified in rows[: MOST + 1]]
    if primary and not any(address.primary for address in found):
        found.append(Address(primary, verified=False, primary=True))
    return sorted(found, key=lambda address: not address.primary)


def read(typed: str) -> str:
    """Return an address as it is kept. Raises BadAddress."""
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadAddress("Type an e-mail address, such as name@example.com.") from None
    if len(email) > EMAIL_MAX_LENGTH:
        raise BadAddress(f"It must be at most {EMAIL_MAX_LENGTH} characters.")
    return email


def is_somebody_elses(user: User, email: str) -> bool:
    """Whether another account proved the address, or has it as its own while this one hasn't."""
    if EmailAddress.objects.filter(email=email, verified=True).exclude(user=user).exists():
        return True
    return not _same(user.email, email) and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()


def has_account(email: str) -> bool:
    """Whether anybody proved the address, or has it as their account's own."""
    return (
        EmailAddress.objects.filter(email=email, verified=True).exists()
        or User.objects.filter(email__iexact=email).exists()
    )


def add(user: User, typed: str) -> str:
    """Note an address as not proved, and have a code mailed to it; return it as it is kept. Again, another code is.

    Raises BadAddress, AddressProved, TooManyAddresses.
    """
    email = read(typed)
    with transaction.atomic():
        locked(user.pk)
        known = dict(EmailAddress.objects.filter(user=user).values_list("email", "verified"))
        if known.get(email):
            raise AddressProved("It was shown to be yours before.")
        if email not in known:
            if len(known) >= MOST:
                raise TooManyAddresses(f"You have {MOST} addresses; remove one first.")
            EmailAddress.objects.create(user=user, email=email, verified=False)
            _record(Event.EMAIL_ADDED, user)
        outbox.put(CODE_WANTED, {"user": user.pk, "email": email})
    return email


def verify(user: User, typed: str, code: str) -> None:
    """Take the code that was mailed to an address as the proof that its mail is read by this person.

    It becomes the primary one if there is none, or if it is that already. Raises WrongCode, whatever is wrong.
    """
    email = typed.strip().lower()
    with transaction.atomic():
        person = locked(user.pk)
        row = _row(person, email)
        if row is None or is_somebody_elses(person, email):
            raise WrongCode
        if not email_codes.claim(person, email, code) or not _proved(row):
            raise WrongCode
        _record(Event.EMAIL_VERIFIED, person)
        if not person.email or _same(person.email, email):
            _set_primary(person, row)


def make_primary(user: User, typed: str) -> None:
    """Make a proved address the account's own; who read the old one is told there.

    Raises UnknownAddress, AddressNotProved.
    """
    email = typed.strip().lower()
    with transaction.atomic():
        person = locked(user.pk)
        row = _row(person, email)
        if row is None and not _same(person.email, email):
            raise UnknownAddress("You have no such address.")
        if row is None or not row.verified:
            raise AddressNotProved("It was not shown to be yours.")
        _set_primary(person, row)


def remove(user: User, typed: str) -> None:
    """Forget an address; who reads the primary one is told. Raises UnknownAddress, PrimaryAddress."""
    email = typed.strip().lower()
    with transaction.atomic():
        person = locked(user.pk)
        if person.email and _same(person.email, email):
            raise PrimaryAddress("It is the primary one: make another one primary first.")
        row = _row(person, email)
        if row is None:
            raise UnknownAddress("You have no such address.")
        row.delete()
        email_codes.forget(person, email)
        _record(Event.EMAIL_REMOVED, person)
        _tell(person, person.email, Event.EMAIL_REMOVED)


def _set_primary(user: User, row: EmailAddress) -> None:
    old = user.email
    EmailAddress.objects.filter(user=user, primary=True).exclude(pk=row.pk).update(primary=False)
    EmailAddress.objects.filter(pk=row.pk).update(primary=True)
    User.objects.filter(pk=user.pk).update(email=row.email)
    if not _same(old, row.email):
        _record(Event.EMAIL_MADE_PRIMARY, user)
        _tell(user, old, Event.EMAIL_MADE_PRIMARY)


def _proved(row: EmailAddress) -> bool:
    """Set it proved; false where another account was first, which the database says."""
    try:
        with transaction.atomic():
            return EmailAddress.objects.filter(pk=row.pk).update(verified=True) == 1
    except IntegrityError:
        return False


def _row(user: User, email: str) -> EmailAddress | None:
    return None if "\x00" in email else EmailAddress.objects.filter(user=user, email=email).first()


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _tell(user: User, email: str, event: Event) -> None:
    if email:
        outbox.put(CHANGED, {"user": user.pk, "email": email, "event": str(event)})


def _record(event: Event, user: User) -> None:
    audit.record(event, about=Party(user=user.sub))
