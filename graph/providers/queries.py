"""By which other providers people sign in."""

import strawberry

from graph.access import field, requires_scopes
from graph.providers.types import IdentityProvider


@strawberry.type
class ProviderQueries:
    """The part of `Query` about other identity providers."""

    @field(requires_scopes("users:read"), "The other identity providers by which people sign in, by name.")
    def identity_providers(self) -> list[IdentityProvider] | None:
        """Return all there are."""
        return IdentityProvider.all()
