"""Accounts at other providers by which a person signs in, and in what words unlinking one is refused."""

from datetime import datetime
from typing import Final, Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited
from idp.providers import identities
from oauth_ext.tokens.services import Judged

IDENTITIES: Final = "linkedIdentities"  # a list without pages: as long as there may be
LONGEST: Final = identities.MOST


@strawberry.type(description="An account at another identity provider, by which a person signs in.")
class LinkedIdentity:
    """Whoever was given the list was given what is in it; who they are there isn't told."""

    pk: strawberry.Private[int]
    sector: strawberry.Private[str]
    provider: str = attribute(inherited, "What the provider is called; its issuer, if it is not one of ours now.")
    issuer: str = attribute(inherited, "The provider's issuer.")
    linked_at: datetime = attribute(inherited, "When it was linked.")
    last_used_at: datetime | None = attribute(inherited, "When they last signed in by it; null for never.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("LinkedIdentity", self.pk, self.sector))

    @classmethod
    def of(cls, user_pk: int, viewer: Judged) -> list[Self]:
        """Return those of a person, the oldest first: two statements."""
        return [
            cls(
                pk=row.pk,
                sector=viewer.sector,
                provider=row.called,
                issuer=row.issuer,
                linked_at=row.linked_at,
                last_used_at=row.last_used_at,
            )
            for row in identities.shown(user_pk)
        ]
