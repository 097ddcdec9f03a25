"""A sign-in, as the API shows it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Self

import strawberry

from graph import ids
from graph.access import Access, attribute, field, inherited, owner
from graph.account.people import People, Person
from graph.node import Node
from graph.viewer import Info
from idp.models import Session as SessionRow
from idp.sessions import user_agent
from oauth_ext.clients.models import Application
from oauth_ext.families import services as families
from oauth_ext.tokens.services import Judged


class Opened:
    """The clients of some sessions, asked for once and not before somebody wants to know."""

    def __init__(self, session_pks: Sequence[int]) -> None:
        """Keep whose."""
        self._session_pks = session_pks

    @cached_property
    def by_session(self) -> dict[int, list[Application]]:
        """Return them by the key of the session."""
        found: dict[int, dict[int, Application]] = {}
        for family in families.of_sessions(self._session_pks):
            found.setdefault(family.session_id or 0, {})[family.client_id] = family.client
        return {pk: sorted(rows.values(), key=lambda row: row.name.casefold()) for pk, rows in found.items()}


@strawberry.type(description="One sign-in in one browser, with all that hangs on it.")
class Session(Node):
    """Told to the person, and to who may read everybody's."""

    VISIBLE: ClassVar[Access] = owner("account:read", unless="sessions:read")

    pk: strawberry.Private[int]
    user_pk: strawberry.Private[int]
    sector: strawberry.Private[str]
    opened: strawberry.Private[Opened]
    people: strawberry.Private[People]
    current: bool = attribute(inherited, "Whether the caller's own token came from it.")
    signed_in_at: datetime = attribute(inherited, "When the person last proved who they are.")
    acr: str = attribute(inherited, "How strongly they did, as in tokens.")
    amr: list[str] = attribute(inherited, "By what they did (RFC 8176).")
    user_agent: str = attribute(inherited, "What the browser said of itself; may be empty, and anything.")
    browser: str = attribute(inherited, "Which browser that is, as people call it; empty where it isn't known.")
    system: str = attribute(inherited, "What it runs on, as people call it; empty where it isn't known.")
    network: str = attribute(inherited, "The network it signed in from, /24 or /48; may be empty.")
    created_at: datetime = attribute(inherited, "When it began.")
    last_seen_at: datetime = attribute(inherited, "When the browser was last seen here, to the minute.")
    idle_end: datetime = attribute(inherited, "When it ends if the browser isn't seen again.")
    absolute_end: datetime = attribute(inherited, "When it ends whatever happens.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Session", self.pk, self.sector))

    @field(inherited, "Who signed in.")
    def user(self) -> Person | None:
        """Return them: one statement for all sessions that are shown together."""
        return self.people.by_pk.get(self.user_pk)

    @field(inherited, "The names of the clients that were opened by it and have live tokens.")
    def client_names(self) -> list[str]:
        """Return them: one statement for all sessions that are shown together."""
        return [row.name or row.client_id for row in self.opened.by_session.get(self.pk, ())]

    @classmethod
    def of_rows(cls, rows: Sequence[SessionRow], viewer: Judged) -> list[Self]:
        """Return rows that are shown together, as this caller is shown them."""
        opened, people = Opened([row.pk for row in rows]), People([row.user_id for row in rows], viewer)
        return [cls._of(row, viewer, opened, people) for row in rows]

    @classmethod
    def _of(cls, row: SessionRow, viewer: Judged, opened: Opened, people: People) -> Self:
        device = user_agent.read(row.user_agent)
        return cls(
            opened=opened,
            people=people,
            pk=row.pk,
            user_pk=row.user_id,
            sector=viewer.sector,
            current=row.pk == viewer.session_pk,
            signed_in_at=row.auth_time,
            acr=row.acr,
            amr=list(row.amr),
            user_agent=row.user_agent,
            browser=device.browser,
            system=device.system,
            network=row.network,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            idle_end=row.idle_end,
            absolute_end=row.absolute_end,
        )

    @classmethod
    def load(cls, info: Info, id_asked: str) -> Self | None:
        """Return the session of that `id`, if it still counts."""
        viewer = info.context.viewer
        pk = ids.unseal("Session", id_asked, viewer.sector)
        rows = SessionRow.objects.filter(SessionRow.standing(), pk=pk) if pk is not None else ()
        return next(iter(cls.of_rows(list(rows), viewer)), None)
