"""By what a person signs in besides a password, and in what words changing that is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Final, Self

import strawberry

from graph import ids
from graph.access import attribute, field, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.owned import RECENTLY
from graph.errors import SignInTooWeak
from graph.mutations import problem
from graph.payloads import ErrorCode
from graph.viewer import Info
from idp.factors import services as factors
from idp.factors.errors import FactorThere, LastWayIn, NoSuchFactor, WrongCode
from idp.factors.models import AuthenticatorApp as AppRow
from idp.factors.models import Passkey as PasskeyRow
from idp.users.acr import TWO_FACTORS, meets
from idp.users.models import User as UserRow

CHANGES: Final = requires_scopes("account:write") & fresh(RECENTLY)
PasskeyId = Annotated[strawberry.ID, strawberry.argument(description="The passkey's `id`.")]


@strawberry.type(description="An app that shows a new code every half minute (RFC 6238).")
class AuthenticatorApp:
    """Whoever was given it was given what is in it."""

    added_at: datetime = attribute(inherited, "When its first code was typed.")
    last_used_at: datetime | None = attribute(inherited, "When a code was last taken.", optional=True)

    @classmethod
    def of(cls, row: AppRow) -> Self:
        """Return a row as it is shown."""
        return cls(added_at=row.confirmed_at or row.created_at, last_used_at=row.last_used_at)


@strawberry.type(description="A passkey (WebAuthn). They are made on the issuer's own page, `/accounts/factors/`.")
class Passkey:
    """Whoever was given the list was given what is in it."""

    pk: strawberry.Private[int]
    sector: strawberry.Private[str]
    name: str = attribute(inherited, "What its holder calls it.")
    synced: bool = attribute(inherited, "Whether it may be on several devices of theirs.")
    created_at: datetime = attribute(inherited, "When it was made.")
    last_used_at: datetime | None = attribute(inherited, "When it was last used.", optional=True)

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Passkey", self.pk, self.sector))

    @classmethod
    def of(cls, row: PasskeyRow, sector: str) -> Self:
        """Return a row as it is shown."""
        return cls(
            pk=row.pk,
            sector=sector,
            name=row.name,
            synced=row.backup_eligible,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="By what a person signs in besides a password.")
class Factors:
    """Whoever was given it was given what is in it."""

    authenticator_app: AuthenticatorApp | None = attribute(inherited, "Their app, if they set one up.", optional=True)
    passkeys: list[Passkey] = attribute(inherited, "Their passkeys, the oldest first.")
    recovery_codes_left: int = attribute(inherited, "How many of their recovery codes are unused.")

    @classmethod
    def of(cls, user_pk: int, sector: str) -> Self:
        """Return those of a person: three statements."""
        found = factors.of_user(user_pk)
        return cls(
            authenticator_app=AuthenticatorApp.of(found.app) if found.app else None,
            passkeys=[Passkey.of(row, sector) for row in found.passkeys],
            recovery_codes_left=found.recovery_codes_left,
        )


def changer(info: Info) -> UserRow:
    """Return the caller's row; raises `SignInTooWeak` where they have a second factor and didn't use it."""
    viewer, user = info.context.viewer, caller.row(info)
    if not meets(viewer.acr, TWO_FACTORS) and factors.has_second_factor(user.pk):
        raise SignInTooWeak(RECENTLY, TWO_FACTORS, auth_scheme=viewer.token_type)
    return user


def passkey_key(info: Info, id_asked: str) -> int:
    """Return the row's key; raises `Problems` for what is no `id` of one."""
    pk = ids.unseal("Passkey", id_asked, info.context.viewer.sector)
    if pk is None:
        raise problem(ErrorCode.NOT_FOUND, "You have no such passkey.", "id")
    return pk


@contextmanager
def refusing() -> Iterator[None]:
    """Say in a payload what the service refuses."""
    try:
        yield
    except FactorThere:
        raise problem(ErrorCode.NOT_ALLOWED, "There is an authenticator app already: remove it first.") from None
    except WrongCode:
        raise problem(ErrorCode.INVALID, "This is not the code that the app shows now.", "code") from None
    except NoSuchFactor:
        raise problem(ErrorCode.NOT_FOUND, "You have none, or no such one.") from None
    except LastWayIn:
        raise problem(
            ErrorCode.NOT_ALLOWED, "Without it you could not sign in any more: add another one first."
        ) from None
