"""Which keys sign."""

import strawberry

from graph.access import field, requires_scopes
from graph.keys.types import SigningKey


@strawberry.type
class KeyQueries:
    """The part of `Query` about signing keys."""

    @field(requires_scopes("keys:read"), "The issuer's signing keys, by algorithm, the newest first.")
    def signing_keys(self) -> list[SigningKey] | None:
        """Return all there are."""
        return SigningKey.all()
