"""A sign-in, as the API shows it."""

from datetime import datetime
from typing import ClassVar, Self

import strawberry

from graph import ids
from graph.access import Access, attribute, field, inherited, owner
from graph.node import Node
from graph.viewer import Info
from idp.models import Session as SessionRow
from oauth_ext.tokens.services import Judged


@strawberry.type(description="One sign-in in one browser, with all that hangs on it.")
class Session(Node):
    """Told to the person, and to who may read everybody's."""

    VISIBLE: ClassVar[Access] = owner("account:read", unless="sessions:read")

    pk: strawberry.Private[int]
    user_pk: strawberry.Private[int]
    sector: strawberry.Private[str]
    current: bool = attribute(inherited, "Whether the caller's own token came from it.")
    signed_in_at: datetime = attribute(inherited, "When the person last proved who they are.")
    acr: str = attribute(inherited, "How strongly they did, as in tokens.")
    amr: list[str] = attribute(inherited, "By what they did (RFC 8176).")
    user_agent: str = attribute(inherited, "What the browser said of itself; may be empty, and anything.")
    network: str = attribute(inherited, "The network it signed in from, /24 or /48; may be empty.")
    created_at: datetime = attribute(inherited, "When it began.")
    idle_end: datetime = attribute(inherited, "When it ends if the browser isn't seen again.")
    absolute_end: datetime = attribute(inherited, "When it ends whatever happens.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Session", self.pk, self.sector))

    @classmethod
    def of(cls, row: SessionRow, viewer: Judged) -> Self:
        """Return a row as this caller is shown it."""
        return cls(
            pk=row.pk,
            user_pk=row.user_id,
            sector=viewer.sector,
            current=row.pk == viewer.session_pk,
            signed_in_at=row.auth_time,
            acr=row.acr,
            amr=list(row.amr),
            user_agent=row.user_agent,
            network=row.network,
            created_at=row.created_at,
            idle_end=row.idle_end,
            absolute_end=row.absolute_end,
        )

    @classmethod
    def load(cls, info: Info, id_asked: str) -> Self | None:
        """Return the session of that `id`, if it still counts."""
        viewer = info.context.viewer
        pk = ids.unseal("Session", id_asked, viewer.sector)
        row = SessionRow.objects.filter(SessionRow.standing(), pk=pk).first() if pk is not None else None
        return cls.of(row, viewer) if row else None
