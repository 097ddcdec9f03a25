"""Changing a client's registration."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.clients.changing import ClientId, argument_of, check_scopes, find
from graph.clients.types import Client
from graph.mutations import Problems, mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.errors import InvalidClientMetadata
from oauth_ext.registration import services as registration


@strawberry.input(description="What shall be otherwise about a client; what is left out, or null, stays as it is.")
class ClientChanges:
    """The names are RFC 7591's."""

    name: str | None = strawberry.field(default=None, description="The name people see.")
    redirect_uris: list[str] | None = strawberry.field(default=None, description="Where people are sent back to.")
    post_logout_redirect_uris: list[str] | None = strawberry.field(
        default=None, description="Where people are sent after signing out."
    )
    grant_types: list[str] | None = strawberry.field(default=None, description="What it may present.")
    scopes: list[str] | None = strawberry.field(default=None, description="What it may ask for.")
    default_scopes: list[str] | None = strawberry.field(
        default=None, description="What it gets when it asks for nothing."
    )
    minimum_acr: str | None = strawberry.field(
        default=None,
        description="How strongly people must sign in for it: one of `acr_values_supported`; empty, as they like.",
    )
    accent: str | None = strawberry.field(
        default=None,
        description="The colour, `#rrggbb`, of the pages on which people are for it; empty, the deployment's.",
    )
    trusted: bool | None = strawberry.field(
        default=None, description="Whether it is one of our own, so that nobody is asked for consent."
    )


@strawberry.type(description="What `updateClient` did.")
class UpdateClientPayload:
    """The client as it is now."""

    client: Client | None = attribute(inherited, "The client as it is now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("clients:write"),
    "Change a client's registration. What it holds ends where it loses a way by which it may have got it: a redirect "
    "URI, a grant type, or being one of our own. Who registered itself is not changed here.",
    limit=ADMIN_MUTATIONS,
)
def update_client(
    info: Info,
    id: ClientId,
    changes: Annotated[ClientChanges, strawberry.argument(description="What shall be otherwise.")],
) -> UpdateClientPayload:
    """Judge all of it, then write it down."""
    row = find(info, id)
    if row.describes_itself:
        raise problem(ErrorCode.NOT_ALLOWED, "It registered itself: what it is isn't said here.", "id")
    columns = {name: value for name, value in vars(changes).items() if value is not None}
    if changes.scopes is not None:
        check_scopes(info, changes.scopes, "scopes")
    try:
        client = registration.change(row.pk, **columns)
    except InvalidClientMetadata as error:
        problems = Problems()
        for name, sentence in error.problems:
            problems.add(ErrorCode.INVALID, sentence, argument_of(name))
        raise problems from None
    return UpdateClientPayload(client=Client.of(client), errors=[])
