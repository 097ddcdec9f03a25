"""Changing a secret without a gap."""

from datetime import timedelta
from typing import Annotated, Final

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.clients.changing import ClientId, find
from graph.clients.types import Client
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.clients import services as clients
from oauth_ext.errors import InvalidClientMetadata

DAY: Final = 86400  # seconds
LONGEST: Final = 90 * DAY


@strawberry.type(description="What `addClientSecret` did.")
class AddClientSecretPayload:
    """The secret is told this once."""

    client: Client | None = attribute(inherited, "The client; null with errors.", optional=True)
    secret: str | None = attribute(inherited, "Its new secret, told this once; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("clients:write"),
    "Give a client another secret. The one before goes on working for a while, so that it is changed without a gap.",
    limit=ADMIN_MUTATIONS,
)
def add_client_secret(
    info: Info,
    id: ClientId,
    overlap: Annotated[
        int, strawberry.argument(description="For how many seconds the secret before still works; 0 ends it now.")
    ] = DAY,
) -> AddClientSecretPayload:
    """Make it, and let the one before end."""
    client = find(info, id)
    if not 0 <= overlap <= LONGEST:
        raise problem(ErrorCode.INVALID, f"It must be 0 to {LONGEST} seconds.", "overlap")
    try:
        secret = clients.add_secret(client, overlap=timedelta(seconds=overlap))
    except InvalidClientMetadata:
        raise problem(ErrorCode.NOT_ALLOWED, "This client authenticates without a secret.", "id") from None
    return AddClientSecretPayload(client=Client.of(client), secret=secret, errors=[])
