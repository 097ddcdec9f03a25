"""Trusting a key no more."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.keys.types import SigningKey
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.keys import models
from oauth_ext.keys import services as keys


@strawberry.type(description="What `markKeyCompromised` did.")
class MarkKeyCompromisedPayload:
    """The keys as they are now."""

    signing_keys: list[SigningKey] | None = attribute(
        inherited, "All keys as they are now; null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("keys:write"),
    "Trust a signing key no more: it is out of JWKS, and every token that it signed is refused at once, the caller's "
    "own too. Another key signs in its place.",
    limit=ADMIN_MUTATIONS,
)
def mark_key_compromised(
    kid: Annotated[str, strawberry.argument(description="The key's `kid`.")],
) -> MarkKeyCompromisedPayload:
    """Mark it before answering."""
    try:
        keys.mark_compromised(kid)
    except models.SigningKey.DoesNotExist:
        raise problem(ErrorCode.NOT_FOUND, "There is no such key.", "kid") from None
    return MarkKeyCompromisedPayload(signing_keys=SigningKey.all(), errors=[])
