"""The feed of what was ended."""

from typing import Annotated

import strawberry

from graph import ids
from graph.access import field, requires_scopes
from graph.errors import Code, GraphError
from graph.revocations.types import Revocation, RevocationFeed
from oauth_ext.revocations import services as revocations
from oauth_ext.revocations.services import Position

SEALED = "position in the revocations"


@strawberry.type
class RevocationQueries:
    """The part of `Query` for resource servers that keep what they know of a token."""

    @field(
        requires_scopes("revocations:read"),
        "What was ended since the last time, for who judges access tokens by their signature, or remembers judgements: "
        "ask each second.",
    )
    def revocations(
        self,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The last answer's `cursor`. Without one, or with one of long ago, the feed begins with "
                "whatever may have ended a token that would live yet."
            ),
        ] = None,
    ) -> RevocationFeed | None:
        """Read from the position; raises `BAD_USER_INPUT` for what is none."""
        found = revocations.read(_position(after))
        return RevocationFeed(
            entries=[Revocation.of(each) for each in found.revocations],
            cursor=ids.seal_bytes(SEALED, found.position.written()),
            has_more=found.more,
        )


def _position(after: str | None) -> Position | None:
    if after is None:
        return None
    written = ids.unseal_bytes(SEALED, after)
    if written is None:
        raise GraphError(Code.BAD_USER_INPUT, "after must be a cursor of this feed.", field="after")
    return Position.read(written)
