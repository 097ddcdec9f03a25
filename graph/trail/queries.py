"""The whole trail, for who may read it."""

import uuid
from enum import Enum
from typing import Annotated

import strawberry

from graph.access import field, requires_scopes
from graph.connections import PAGE, After, Asked, Connection, First, page
from graph.trail.kinds import AuditEventKind
from graph.trail.types import AuditEvent
from graph.viewer import Info
from idp.audit import services as audit
from idp.audit.services import Event


@strawberry.enum(description="In which order events are told.")
class AuditEventOrder(Enum):
    """By the time at which they were written."""

    NEWEST = strawberry.enum_value("-at", description="The newest first.")
    OLDEST = strawberry.enum_value("at", description="The oldest first.")


@strawberry.type
class TrailQueries:
    """The part of `Query` about what happened."""

    @field(requires_scopes("audit:read"), "What happened.")
    def audit_events(
        self,
        info: Info,
        event: Annotated[
            AuditEventKind | None,
            strawberry.argument(description="Only events of this kind."),
        ] = None,
        about_user: Annotated[
            uuid.UUID | None, strawberry.argument(description="Only those about the person with this own subject.")
        ] = None,
        by_client: Annotated[
            str | None, strawberry.argument(description="Only those that the client with this `client_id` did.")
        ] = None,
        order: Annotated[AuditEventOrder, strawberry.argument(description="In which order.")] = AuditEventOrder.NEWEST,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[AuditEvent] | None:
        """Return a page of the rows."""
        kind = None if event is None else Event[event.name]
        rows = audit.trail(event=kind, about_user=about_user, by_client=by_client)
        found = page(rows, Asked("audit events", first, after), str(order.value))
        return found.shown([AuditEvent.of(row, info.context.viewer, whole=True) for row in found.rows])
