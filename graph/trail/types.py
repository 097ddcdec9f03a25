"""An event of the trail, as the API shows it, and the feed of those about one person."""

import uuid
from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from graph import ids
from graph.access import attribute, field, inherited
from graph.errors import Code, GraphError
from graph.trail.kinds import AuditEventKind
from idp.audit import services as audit
from idp.audit.models import AuditEvent as AuditEventRow
from idp.audit.models import Event
from idp.audit.services import Place
from oauth_ext.tokens.services import Judged


@strawberry.type(description="One act, as it was written down and never changed.")
class AuditEvent:
    """Told to the person it is about, without who else did it, and to who may read the whole trail."""

    row: strawberry.Private[AuditEventRow]
    whole: strawberry.Private[bool]
    sector: strawberry.Private[str]
    at: datetime = attribute(inherited, "When it happened.")
    by_client: str = attribute(inherited, "The `client_id` of the client that did it; empty where none did.")
    about_client: str = attribute(inherited, "The `client_id` of the client it is about; may be empty.")
    network: str = attribute(
        inherited, "The network it came from, /24 or /48; empty where it isn't known, or is another person's."
    )

    @field(inherited, "An opaque key, the same each time.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("AuditEvent", self.row.pk, self.sector))

    @field(inherited, "What happened.")
    def event(self) -> AuditEventKind:
        """Return the name; what is written was in the catalogue."""
        return AuditEventKind[Event(self.row.event).name]

    @field(
        inherited, "The own subject of the person who did it; null where none did, or it isn't the caller's to know."
    )
    def by_user(self) -> str | None:
        """Tell it to who reads the whole trail."""
        return str(self.row.by_user) if self.whole and self.row.by_user else None

    @field(inherited, "The own subject of the person it is about; null where there is none, and for that person.")
    def about_user(self) -> str | None:
        """Tell it to who reads the whole trail."""
        return str(self.row.for_user) if self.whole and self.row.for_user else None

    @field(inherited, "What else was written down; null for the person it is about.")
    def details(self) -> JSON | None:
        """Tell it to who reads the whole trail."""
        return self.row.details if self.whole else None

    @classmethod
    def of(cls, row: AuditEventRow, viewer: Judged, *, whole: bool) -> Self:
        """Return a row as this caller is shown it."""
        return cls(
            row=row,
            whole=whole,
            sector=viewer.sector,
            at=row.at,
            by_client=row.by_client,
            about_client=row.for_client,
            network=row.network if whole or row.by_user in {None, row.for_user} else "",
        )


SEALED = "place in what happened to one"


@strawberry.type(description="What happened to a person since a place in the feed.")
class SecurityEventFeed:
    """Without pages back, and never at its end."""

    events: list[AuditEvent] = attribute(inherited, "What happened, as it was written down; each comes once.")
    cursor: str = attribute(inherited, "Where to go on, for `after`; there is one even where nothing happened.")
    has_more: bool = attribute(inherited, "Whether more is there already: ask again at once.")

    @classmethod
    def of(cls, person: uuid.UUID, viewer: Judged, after: str | None) -> Self:
        """Follow from a cursor, which is that person's; raises `BAD_USER_INPUT` for any other."""
        sealed = f"{SEALED}: {person}"
        written = ids.unseal_bytes(sealed, after)
        if after is not None and written is None:
            raise GraphError(Code.BAD_USER_INPUT, "after must be a cursor of this feed.", field="after")
        found = audit.follow(person, Place.read(written) if written else None)
        return cls(
            events=[AuditEvent.of(row, viewer, whole=False) for row in found.rows],
            cursor=ids.seal_bytes(sealed, found.place.written()),
            has_more=found.more,
        )
