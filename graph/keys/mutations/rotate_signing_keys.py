"""Letting the next keys sign."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.keys.types import SigningKey
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.keys import services as keys


@strawberry.type(description="What `rotateSigningKeys` did.")
class RotateSigningKeysPayload:
    """The keys as they are now."""

    signing_keys: list[SigningKey] | None = attribute(
        inherited, "All keys as they are now; null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("keys:write"),
    "Let the next key of each algorithm sign now, however short a time the one before has. What that signed is good "
    "until it ends.",
    limit=ADMIN_MUTATIONS,
)
def rotate_signing_keys(
    *,
    force: Annotated[
        bool,
        strawberry.argument(
            description="Even if clients may not know the next keys yet, and fail until they fetch them."
        ),
    ] = False,
) -> RotateSigningKeysPayload:
    """Rotate before answering."""
    try:
        keys.rotate(force=force)
    except keys.PublishedTooLately as error:
        raise problem(ErrorCode.NOT_ALLOWED, f"Clients may not know the next keys yet: {error}.", "force") from None
    return RotateSigningKeysPayload(signing_keys=SigningKey.all(), errors=[])
