"""Switching a client on again."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.clients.changing import ClientId, find
from graph.clients.types import Client
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.clients import services as clients


@strawberry.type(description="What `enableClient` did.")
class EnableClientPayload:
    """The client as it is now."""

    client: Client | None = attribute(inherited, "The client as it is now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("clients:write"),
    "Switch a client on again; what it held before stays ended.",
    limit=ADMIN_MUTATIONS,
)
def enable_client(info: Info, id: ClientId) -> EnableClientPayload:
    """Switch it on."""
    client = find(info, id)
    clients.enable(client)
    client.refresh_from_db()
    return EnableClientPayload(client=Client.of(client), errors=[])
