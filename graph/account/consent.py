"""What a person allows a client, as the API shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

import strawberry

from graph import ids
from graph.access import Access, attribute, field, inherited, owner
from graph.account.people import People, Person
from graph.clients.types import Client
from graph.clients.usage import Usages
from graph.node import Node
from graph.viewer import Info
from oauth_ext.consents.models import Consent as ConsentRow
from oauth_ext.consents.services import AT
from oauth_ext.tokens.services import Judged


@strawberry.type(description="What was allowed at one resource server (RFC 8707).")
class ResourceConsent:
    """Scopes are allowed at a resource, not everywhere."""

    resource: str = attribute(inherited, "The resource server's URI; ours for this API.")
    scopes: list[str] = attribute(inherited, "What was allowed there.")


@strawberry.type(description="What a person allows a client, so that they are not asked again.")
class Consent(Node):
    """Told to the person, and to who may read everybody's."""

    VISIBLE: ClassVar[Access] = owner("account:read", unless="sessions:read")

    pk: strawberry.Private[int]
    user_pk: strawberry.Private[int]
    sector: strawberry.Private[str]
    people: strawberry.Private[People]
    client: Client = attribute(inherited, "Whom it is allowed to.")
    scopes: list[str] = attribute(inherited, "All that was allowed.")
    resources: list[ResourceConsent] = attribute(inherited, "The same, resource by resource.")
    created_at: datetime = attribute(inherited, "When it was first allowed.")
    updated_at: datetime = attribute(inherited, "When it was last widened.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Consent", self.pk, self.sector))

    @field(inherited, "Who allows it.")
    def user(self) -> Person | None:
        """Return them: one statement for all consents that are shown together."""
        return self.people.by_pk.get(self.user_pk)

    @classmethod
    def of(cls, row: ConsentRow, viewer: Judged) -> Self:
        """Return a row, its client joined, as this caller is shown it."""
        return cls.of_rows([row], viewer)[0]

    @classmethod
    def of_rows(cls, rows: Sequence[ConsentRow], viewer: Judged) -> list[Self]:
        """Return rows that are shown together."""
        people = People([row.user_id for row in rows], viewer)
        usages = Usages(row.client_id for row in rows)
        return [cls._of(row, viewer, people, usages) for row in rows]

    @classmethod
    def _of(cls, row: ConsentRow, viewer: Judged, people: People, usages: Usages) -> Self:
        at = row.details.get(AT, {})
        return cls(
            people=people,
            pk=row.pk,
            user_pk=row.user_id,
            sector=viewer.sector,
            client=Client.of(row.client, usages),
            scopes=list(row.scopes),
            resources=[ResourceConsent(resource=uri, scopes=list(names)) for uri, names in at.items()],
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

    @classmethod
    def row(cls, viewer: Judged, id_asked: str) -> ConsentRow | None:
        """Return the live row of that `id`, its client joined."""
        pk = ids.unseal("Consent", id_asked, viewer.sector)
        rows = ConsentRow.objects.filter(revoked_at=None).select_related("client")
        return rows.filter(pk=pk).first() if pk is not None else None

    @classmethod
    def load(cls, info: Info, id_asked: str) -> Self | None:
        """Return the consent of that `id`, if it was not taken back."""
        viewer = info.context.viewer
        row = cls.row(viewer, id_asked)
        return cls.of(row, viewer) if row else None
