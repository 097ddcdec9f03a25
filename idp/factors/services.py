"""All factors of a person at once: what there is, what may be reached with it, and what goes with the last one."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import BigAutoField, Exists
from django.db.models.sql import Query

from idp.factors import authenticator_app, passkeys, recovery_codes
from idp.factors.errors import LastWayIn
from idp.factors.models import AuthenticatorApp, Passkey
from idp.ops.compiled import Select
from idp.users.locking import locked
from idp.users.models import User


@dataclass(frozen=True)
class Factors:
    """What somebody holds beside a password."""

    app: AuthenticatorApp | None
    passkeys: list[Passkey]
    recovery_codes_left: int

    def __bool__(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def of_user(user_pk: int) -> Factors:
    """Return what somebody holds, by three statements."""
    return Factors(
        authenticator_app.of_user(user_pk),
        list(passkeys.of_user(user_pk)),
        recovery_codes.left(user_pk),
    )


def has_second_factor(user_pk: int) -> bool:
    """Whether a password alone isn't enough for them; by one statement."""
    return bool(_SELECT_STRONGER.rows(_Asked(user_pk)))


def claim_code(user: User, typed: str) -> str | None:
    """Take a code of the app, or else a recovery code, once; return which it was, or None.

    Their shapes differ, so that at most one is looked for. Raises Busy.
    """
    if any(letter.isalpha() for letter in typed):
        return "recovery_code" if recovery_codes.claim(user, typed) else None
    return "authenticator_app" if authenticator_app.claim(user, typed) else None


def remove_app(user: User) -> None:
    """Have no authenticator app any more. Raises NoSuchFactor."""
    with transaction.atomic():
        locked(user.pk)
        authenticator_app.remove(user)
        _forget_codes_without_factor(user)


def remove_passkey(user: User, pk: int) -> None:
    """Have this passkey no more. Raises NoSuchFactor; LastWayIn where there is neither a password nor another one."""
    with transaction.atomic():
        held = locked(user.pk)  # of two ways in that are given up at once one stays
        passkeys.remove(user, pk)
        if not held.has_usable_password() and not passkeys.of_user(user.pk).exists():
            raise LastWayIn
        _forget_codes_without_factor(user)


class _Asked(NamedTuple):
    """What a look-up depends on."""

    user_pk: int


def _query(asked: _Asked) -> Query:
    # by the value, not by the user's row: what depends on no row is asked once, and never read whole to be hashed
    app = AuthenticatorApp.objects.filter(user_id=asked.user_pk, confirmed_at__isnull=False)
    keys = Passkey.objects.filter(user_id=asked.user_pk)
    return User.objects.filter(Exists(app) | Exists(keys), pk=asked.user_pk).values_list("pk").query


_SELECT_STRONGER = Select(_query, _Asked(-1), (BigAutoField(),))


def _forget_codes_without_factor(user: User) -> None:
    if not has_second_factor(user.pk):
        recovery_codes.forget(user)
