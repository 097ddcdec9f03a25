"""What hangs on everybody's sign-ins, for who looks after accounts."""

from typing import Annotated, Final

import strawberry

from graph.access import field, requires_scopes
from graph.account.consent import Consent
from graph.account.session import Session
from graph.account.token_family import TokenFamily
from graph.connections import PAGE, After, Asked, Connection, First, page
from graph.viewer import Info
from idp.sessions import services as sessions
from oauth_ext.consents import services as consents
from oauth_ext.families import services as families

SEES_ALL: Final = requires_scopes("sessions:read")
OfClient = Annotated[
    str, strawberry.argument(description="Of which client: its `client_id`. Of one that there isn't, there is none.")
]


@strawberry.type
class EverybodyQueries:
    """The part of `Query` about all people's sessions, consents and grants."""

    @field(SEES_ALL, "Where people are signed in, the newest first.")
    def sessions(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Session] | None:
        """Return a page of the sessions that still count."""
        found = page(sessions.everybodys(), Asked("everybody's sessions", first, after))
        return found.shown(Session.of_rows(found.rows, info.context.viewer))

    @field(SEES_ALL, "What people allow a client, the newest first.")
    def consents(
        self, info: Info, client_id: OfClient, first: First = PAGE, after: After = None
    ) -> Connection[Consent] | None:
        """Return a page of the consents that were not taken back."""
        found = page(consents.of_client(client_id), Asked(f"consents to {client_id}", first, after))
        return found.shown(Consent.of_rows(found.rows, info.context.viewer))

    @field(SEES_ALL, "The grants that a client holds, the newest first.")
    def token_families(
        self, info: Info, client_id: OfClient, first: First = PAGE, after: After = None
    ) -> Connection[TokenFamily] | None:
        """Return a page of the families that still stand."""
        found = page(families.of_client(client_id), Asked(f"families of {client_id}", first, after), "-created_at")
        return found.shown(TokenFamily.of_rows(found.rows, info.context.viewer))
