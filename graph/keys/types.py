"""A signing key, as the API shows it."""

from datetime import datetime
from enum import Enum

import strawberry

from graph.access import attribute, inherited
from oauth_ext.keys.models import KeyState
from oauth_ext.keys.services import listed


@strawberry.enum(description="Where a signing key is in its life.")
class SigningKeyState(Enum):
    """Those of `KeyState`."""

    NEXT = strawberry.enum_value("next", description="Published, so that clients know it when it signs.")
    ACTIVE = strawberry.enum_value("active", description="It signs.")
    RETIRED = strawberry.enum_value("retired", description="It signs no more; what it signed is good until it ends.")
    COMPROMISED = strawberry.enum_value("compromised", description="Nothing that it signed is good.")


@strawberry.type(description="A key that signs tokens (RFC 7517); its private half is never shown.")
class SigningKey:
    """Told to who may see the keys."""

    kid: str = attribute(inherited, "Its name, as in JWKS and in the header of tokens.")
    algorithm: str = attribute(inherited, "What it signs with (RFC 7518, RFC 9864).")
    state: SigningKeyState = attribute(inherited, "Where in its life it is.")
    created_at: datetime = attribute(inherited, "When it was made and published.")
    activated_at: datetime | None = attribute(inherited, "When it began to sign; null before.")
    retired_at: datetime | None = attribute(inherited, "When it ceased to sign, or to be trusted; null before.")

    @classmethod
    def all(cls) -> "list[SigningKey]":
        """Return all there are: a handful, by algorithm, the newest first."""
        return [
            cls(
                kid=row.kid,
                algorithm=row.algorithm,
                state=SigningKeyState[KeyState(row.state).name],
                created_at=row.created_at,
                activated_at=row.activated_at,
                retired_at=row.retired_at,
            )
            for row in listed()
        ]
