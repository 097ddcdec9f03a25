"""What a token is worth, as the API tells it."""

from typing import Self

import strawberry
from django.conf import settings

from graph.access import attribute, inherited, told_with
from oauth_ext.tokens.services import Judged


@strawberry.type(description="What a token needs beside itself (RFC 7800).")
class Confirmation:
    """`cnf` of a token that is bound to a key."""

    jkt: str = attribute(inherited, "The thumbprint (RFC 7638) of the key by which a DPoP proof must be made.")


@strawberry.type(description="What an access token is worth now. Of one that is not live only `active` is told.")
class TokenValidation:
    """A judged token, or `INACTIVE`; the names are those of RFC 7662."""

    scopes: strawberry.Private[tuple[str, ...]] = ()
    active: bool = attribute(inherited, "Whether it is ours, live, and not ended by anything.")
    sub: str | None = attribute(inherited, "The subject: a user, or the client itself.", optional=True)
    username: str | None = attribute(
        told_with("profile"), "The user's name, if the token carries `profile`.", optional=True
    )
    email: str | None = attribute(
        told_with("email"), "The user's e-mail address, if the token carries `email`.", optional=True
    )
    client_id: str | None = attribute(inherited, "The client it was issued to.", optional=True)
    scope: str | None = attribute(inherited, "What it allows now, space separated.", optional=True)
    role: str | None = attribute(told_with("roles"), "The user's role, if the token carries `roles`.", optional=True)
    aud: list[str] | None = attribute(inherited, "The resource servers it is for.", optional=True)
    iss: str | None = attribute(inherited, "Who issued it.", optional=True)
    exp: int | None = attribute(inherited, "When it ends, in seconds since the epoch.", optional=True)
    iat: int | None = attribute(inherited, "When it was issued, in seconds since the epoch.", optional=True)
    jti: str | None = attribute(inherited, "Its own identifier.", optional=True)
    token_type: str | None = attribute(
        inherited, "How it is presented: `Bearer`, or `DPoP`, with a proof (RFC 9449).", optional=True
    )
    cnf: Confirmation | None = attribute(
        inherited,
        "The key that it is bound to. What is told here is what the token is: whether whoever presents it holds the "
        "key, the server that it is presented to must check by the proof.",
        optional=True,
    )
    acr: str | None = attribute(inherited, "How the user signed in.", optional=True)
    auth_time: int | None = attribute(inherited, "When the user signed in, in seconds since the epoch.", optional=True)

    @classmethod
    def of(cls, judged: Judged) -> Self:
        """Tell all; the fields' declarations withhold what the token's scopes don't allow."""
        return cls(
            scopes=judged.scopes,
            active=True,
            sub=judged.sub,
            username=judged.username,
            email=judged.email,
            client_id=judged.client_id,
            scope=" ".join(judged.scopes),
            role=judged.role,
            aud=judged.aud,
            iss=settings.ISSUER_URL,
            exp=judged.exp,
            iat=judged.iat,
            jti=judged.jti,
            token_type=judged.token_type,
            cnf=Confirmation(jkt=judged.jkt) if judged.jkt else None,
            acr=judged.acr,
            auth_time=judged.auth_time,
        )


INACTIVE = TokenValidation(active=False)
