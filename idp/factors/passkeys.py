"""A person's passkeys: made, used beside or instead of a password, named, taken away."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from fido2.webauthn import AttestedCredentialData, AuthenticatorData, PublicKeyCredentialUserEntity

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors import ceremony
from idp.factors.ceremony import Ceremony
from idp.factors.errors import BadPasskey, NoSuchFactor, TooManyFactors
from idp.factors.models import Passkey
from idp.ops import base64url
from idp.users.locking import locked
from idp.users.models import User
from idp.users.notices import Notice, tell

MOST: Final = 20
MOST_BYTES: Final = 1023  # of a credential id (WebAuthn Level 3 §7.1)
NAME_MAX_LENGTH: Final = 64
TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})


class Proof(NamedTuple):
    """What using a passkey has shown: who it is, whether they proved it to the device, and what the key is held by."""

    user: User
    verified: bool
    synced: bool


def of_user(user_pk: int) -> QuerySet[Passkey]:
    """Return somebody's passkeys, oldest first."""
    return Passkey.objects.filter(user_id=user_pk).order_by("pk")


def begin_adding(user: User) -> Ceremony:
    """Have the browser make one, on a device that has none yet. Raises TooManyFactors."""
    known = _credentials(user.pk)
    if len(known) >= MOST:
        raise TooManyFactors
    entity = PublicKeyCredentialUserEntity(id=user.sub.bytes, name=user.username, display_name=_display_name(user))
    return ceremony.begin_registration(entity, known)


def add(user: User, name: str, state: Mapping[str, object], answer: Mapping[str, object]) -> Passkey:
    """Keep the passkey that the browser made. Raises BadPasskey, TooManyFactors."""
    made = ceremony.complete_registration(state, answer)
    with transaction.atomic():
        locked(user.pk)
        if Passkey.objects.filter(user=user).count() >= MOST:
            raise TooManyFactors
        row = _keep(user, name, made, answer)
        tell(user, Notice.FACTOR_ADDED, name=row.name)
    return row


def begin_first(sub: UUID, username: str) -> Ceremony:
    """Have the browser make one for an account that there isn't yet, by which alone its holder will sign in."""
    entity = PublicKeyCredentialUserEntity(id=sub.bytes, name=username, display_name=username)
    return ceremony.begin_registration(entity, [], alone=True)


def add_first(user: User, state: Mapping[str, object], answer: Mapping[str, object]) -> Passkey:
    """Keep what the browser made by `begin_first`, in the transaction that makes the account. Raises BadPasskey.

    One that isn't found without a name, or whose holder hasn't shown who they are, couldn't sign in alone: see `use`.
    """
    made = ceremony.complete_registration(state, answer)
    if not made.is_user_verified() or _discoverable(answer) is False:
        raise BadPasskey
    return _keep(user, "", made, answer)


def begin_using(user: User | None) -> Ceremony:
    """Ask for one of somebody's passkeys, or of anybody's: who signs in by it alone must show who they are to it."""
    return ceremony.begin_authentication(_credentials(user.pk) if user else [], verified=user is None)


def use(state: Mapping[str, object], answer: Mapping[str, object], *, user: User | None = None) -> Proof:
    """Return what an answer to `begin_using` shows, once; of this user, if it must be theirs. Raises BadPasskey.

    Whose passkey is only found by it has shown the device who they are, whatever the challenge had asked for.
    A counter that doesn't rise tells of a copy of the key (WebAuthn §6.1.1): nothing is shown by it.
    """
    response = ceremony.read_answer(answer)
    wanted = Passkey.objects.select_related("user__role").filter(credential_id=base64url.encode(response.raw_id))
    row = wanted.first()
    if row is None or (user is not None and row.user_id != user.pk) or not row.user.is_open:
        raise BadPasskey
    handle = response.response.user_handle
    if handle is not None and handle != row.user.sub.bytes:
        raise BadPasskey
    seen = ceremony.complete_authentication(state, _opened(row.credential), response)
    if user is None and not seen.is_user_verified():
        raise BadPasskey
    if not _count(row, seen):
        audit.record(Event.FACTOR_REFUSED, {"factor": "passkey", "passkey": row.pk}, about=Party(user=row.user.sub))
        raise BadPasskey
    return Proof(row.user, verified=seen.is_user_verified(), synced=row.backup_eligible)


def rename(user: User, pk: int, name: str) -> None:
    """Call it otherwise. Raises NoSuchFactor."""
    if not Passkey.objects.filter(user=user, pk=pk).update(name=clean_name(name)):
        raise NoSuchFactor


def remove(user: User, pk: int) -> None:
    """Have it no more. Raises NoSuchFactor."""
    with transaction.atomic():
        row = Passkey.objects.filter(user=user, pk=pk).first()
        if row is None or not Passkey.objects.filter(pk=row.pk).delete()[0]:
            raise NoSuchFactor
        audit.record(Event.FACTOR_REMOVED, {"factor": "passkey", "passkey": pk}, about=Party(user=user.sub))
        tell(user, Notice.FACTOR_REMOVED, name=row.name)


def clean_name(typed: str) -> str:
    """Return a name as it is kept: printable, and not too long."""
    return "".join(filter(str.isprintable, typed)).strip()[:NAME_MAX_LENGTH] or "Passkey"


def _keep(user: User, name: str, made: AuthenticatorData, answer: Mapping[str, object]) -> Passkey:
    credential = _new_credential(made)
    if len(credential.credential_id) > MOST_BYTES:
        raise BadPasskey
    credential_id = base64url.encode(credential.credential_id)
    row = Passkey(
        user=user,
        credential_id=credential_id,
        credential=base64url.encode(bytes(credential)),
        name=clean_name(name),
        sign_count=made.counter,
        verified=made.is_user_verified(),
        discoverable=_discoverable(answer),
        backup_eligible=bool(made.flags & AuthenticatorData.FLAG.BE),
        backed_up=bool(made.flags & AuthenticatorData.FLAG.BS),
        transports=_transports(answer),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise BadPasskey from None  # somebody has it
    audit.record(Event.FACTOR_ADDED, {"factor": "passkey", "passkey": row.pk}, about=Party(user=user.sub))
    return row


def _count(row: Passkey, seen: AuthenticatorData) -> bool:
    """Note the use, by one statement; false where another use was later already."""
    rises = Q(sign_count__lt=seen.counter) | (Q(sign_count=0) if seen.counter == 0 else Q(pk__in=[]))
    used = Passkey.objects.filter(rises, pk=row.pk).update(
        sign_count=seen.counter,
        backed_up=bool(seen.flags & AuthenticatorData.FLAG.BS),
        last_used_at=timezone.now(),
    )
    return used == 1


def _credentials(user_pk: int) -> list[AttestedCredentialData]:
    return [_opened(kept) for kept in of_user(user_pk).values_list("credential", flat=True)]


def _opened(kept: str) -> AttestedCredentialData:
    return AttestedCredentialData(base64url.decode(kept))


def _new_credential(made: AuthenticatorData) -> AttestedCredentialData:
    if made.credential_data is None:
        raise BadPasskey
    return made.credential_data


def _display_name(user: User) -> str:
    return user.get_full_name() or user.username


def _discoverable(answer: Mapping[str, object]) -> bool | None:
    results = answer.get("clientExtensionResults")
    properties = results.get("credProps") if isinstance(results, dict) else None
    found = properties.get("rk") if isinstance(properties, dict) else None
    return found if isinstance(found, bool) else None


def _transports(answer: Mapping[str, object]) -> list[str]:
    response = answer.get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    return [name for name in sorted(TRANSPORTS) if isinstance(named, list) and name in named]
