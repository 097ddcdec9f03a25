"""What was ended, in the words of a token's claims."""

from datetime import datetime
from enum import Enum

import strawberry

from graph.access import attribute, inherited
from oauth_ext.revocations import services as revocations


@strawberry.enum(description="What was ended. Names are never changed, but more may come.")
class RevocationKind(Enum):
    """Those of `oauth_ext.revocations`."""

    FAMILY = strawberry.enum_value("family", description="What one grant had bought, by `family`.")
    SESSION = strawberry.enum_value("session", description="A sign-in, and so the families in it, each by `family`.")
    USER = strawberry.enum_value("user", description="All that a person had, by `sub`: one for each name they have.")
    CLIENT = strawberry.enum_value("client", description="All that a client had, by `clientId`.")
    TOKEN = strawberry.enum_value("token", description="One access token, by `jti`.")
    KEY = strawberry.enum_value("key", description="A signing key was found compromised, by `kid`; fetch JWKS anew.")


@strawberry.type(
    description="Access tokens that are to be believed no more: those that have all that is told here and is not null."
)
class Revocation:
    """Flat, so that a resource server compares and doesn't reckon."""

    kind: RevocationKind = attribute(inherited, "What was ended.")
    at: datetime = attribute(inherited, "When.")
    family: str | None = attribute(inherited, "Tokens with this claim `family`.")
    sub: str | None = attribute(inherited, "Tokens with this claim `sub`.")
    client_id: str | None = attribute(inherited, "Tokens with this claim `client_id`, also where it is in `chain`.")
    jti: str | None = attribute(inherited, "The token with this claim `jti`, and those that have it in `chain`.")
    kid: str | None = attribute(inherited, "Tokens with this `kid` in their header.")
    issued_before: int | None = attribute(
        inherited,
        "Of these only those whose `iat` is lower, in seconds; the latest of them may be good: `validateToken` says.",
    )

    @classmethod
    def of(cls, ended: revocations.Revocation) -> "Revocation":
        """Return it as the API shows it."""
        return cls(
            kind=RevocationKind[ended.kind.name],
            at=ended.at,
            family=str(ended.family) if ended.family else None,
            sub=str(ended.sub) if ended.sub else None,
            client_id=ended.client_id,
            jti=ended.jti,
            kid=ended.kid,
            issued_before=ended.issued_before,
        )


@strawberry.type(description="What was ended since a place in the feed.")
class RevocationFeed:
    """Without pages back, and never at its end."""

    entries: list[Revocation] = attribute(
        inherited, "What was ended, as it was written down; seldom one comes twice, and none is left out."
    )
    cursor: str = attribute(inherited, "Where to go on, for `after`; there is one even where nothing was ended.")
    has_more: bool = attribute(inherited, "Whether more is there already: ask again at once.")
