"""A grant that a client holds, as the API shows it."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

import strawberry
from django.conf import settings
from django.utils import timezone

from graph import ids
from graph.access import Access, attribute, field, inherited, owner
from graph.account.people import People, Person
from graph.clients.types import Client
from graph.clients.usage import Usages
from graph.counted import counted
from graph.node import Node
from graph.viewer import Info
from oauth_ext.families.models import Family, FamilyKind
from oauth_ext.families.standing import standing
from oauth_ext.tokens.services import Judged


@strawberry.enum(description="How a client came by its grant.")
class GrantKind(Enum):
    """Named as `FamilyKind`."""

    AUTHORIZATION_CODE = strawberry.enum_value(
        "authorization_code", description="A person allowed it in their browser (RFC 6749, section 4.1)."
    )
    DEVICE_CODE = strawberry.enum_value(
        "device_code", description="A person allowed it to a device, in a browser elsewhere (RFC 8628)."
    )
    PERSONAL = strawberry.enum_value(
        "personal", description="A person made a token for their own programs, with `createPersonalAccessToken`."
    )
    IMPERSONATION = strawberry.enum_value(
        "impersonation", description="Somebody who looks after accounts speaks for the person, with `impersonate`."
    )


@strawberry.type(description="What one grant bought a client: all its tokens, which live and end together.")
class TokenFamily(Node):
    """Told to the person, and to who may read everybody's."""

    VISIBLE: ClassVar[Access] = owner("account:read", unless="sessions:read")

    family: strawberry.Private[Family]
    sector: strawberry.Private[str]
    people: strawberry.Private[People]
    current: bool = attribute(inherited, "Whether the caller's own token is of it.")
    client: Client = attribute(inherited, "Who holds it.")
    kind: GrantKind = attribute(inherited, "How it came to be.")
    name: str = attribute(inherited, "What the person calls it; empty where nobody made it for themselves.")
    scopes: list[str] = attribute(inherited, "What was granted; what it is worth now depends on client and role.")
    resources: list[str] = attribute(inherited, "The resource servers it is for; none: this API.")
    offline: bool = attribute(inherited, "Whether it outlives the browser's sign-in.")
    refreshes: int = attribute(inherited, "How often it was refreshed; 0 where its refresh token doesn't turn.")
    created_at: datetime = attribute(inherited, "When it was granted.")
    last_used_at: datetime = attribute(
        inherited, "When it was last refreshed, or granted; of a personal one, when it was made."
    )
    expires_at: datetime = attribute(inherited, "When it ends whatever happens.")

    @property
    def user_pk(self) -> int | None:
        """The person that it is about."""
        return self.family.user_id

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("TokenFamily", self.family.pk, self.sector))

    @field(inherited, "Whom its tokens speak for.")
    def user(self) -> Person | None:
        """Return them: one statement for all families that are shown together."""
        return self.people.by_pk.get(self.family.user_id or 0)

    @classmethod
    def of(cls, row: Family, viewer: Judged) -> Self:
        """Return a row, its client joined, as this caller is shown it."""
        return cls.of_rows([row], viewer)[0]

    @classmethod
    def of_rows(cls, rows: Sequence[Family], viewer: Judged) -> list[Self]:
        """Return rows that are shown together."""
        people = People([row.user_id for row in rows], viewer)
        usages = Usages(row.client_id for row in rows)
        return [cls._of(row, viewer, people, usages) for row in rows]

    @classmethod
    def _of(cls, row: Family, viewer: Judged, people: People, usages: Usages) -> Self:
        return cls(
            people=people,
            family=row,
            sector=viewer.sector,
            current=row.pk == viewer.family_id,
            client=Client.of(row.client, usages),
            kind=GrantKind[FamilyKind(row.kind).name],
            name=row.name,
            scopes=list(row.scopes),
            resources=list(row.resources),
            offline=row.offline,
            refreshes=counted(row.counter),
            created_at=row.created_at,
            last_used_at=row.turned_at,
            expires_at=row.expires_at,
        )

    @classmethod
    def load(cls, info: Info, id_asked: str) -> Self | None:
        """Return the family of that `id`, if it still stands."""
        viewer = info.context.viewer
        pk = ids.unseal_uuid("TokenFamily", id_asked, viewer.sector)
        if pk is None:
            return None
        families = Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL)).select_related("client")
        row = families.filter(pk=pk).first()
        return cls.of(row, viewer) if row else None
