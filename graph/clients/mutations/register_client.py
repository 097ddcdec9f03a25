"""Registering a client."""

from typing import Annotated

import strawberry
from django.db import IntegrityError

from graph.access import attribute, inherited, requires_scopes
from graph.clients.changing import argument_of, check_scopes
from graph.clients.types import Client
from graph.mutations import Problems, mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import AuthMethod
from oauth_ext.clients.services import ClientSpec


@strawberry.input(description="A client as somebody wants it; the names are RFC 7591's.")
class ClientInput:
    """What is left out is as for `create_oauth_app`."""

    client_id: str = strawberry.field(description="What it will be known by: 1 to 255 printable characters.")
    name: str = strawberry.field(default="", description="The name people see.")
    redirect_uris: list[str] = strawberry.field(default_factory=list, description="Where people are sent back to.")
    post_logout_redirect_uris: list[str] = strawberry.field(
        default_factory=list, description="Where people are sent after signing out."
    )
    grant_types: list[str] | None = strawberry.field(
        default=None, description="What it may present; null: `authorization_code` and `refresh_token`."
    )
    scopes: list[str] | None = strawberry.field(
        default=None, description="What it may ask for; null: what tells of people, and `offline_access`."
    )
    default_scopes: list[str] = strawberry.field(
        default_factory=list, description="What it gets when it asks for nothing."
    )
    token_endpoint_auth_method: str = strawberry.field(
        default=AuthMethod.NONE.value, description="How it authenticates; `none` makes it a public client."
    )
    accent: str = strawberry.field(
        default="",
        description="The colour, `#rrggbb`, of the pages on which people are for it; empty, the deployment's.",
    )
    trusted: bool = strawberry.field(
        default=False, description="Whether it is one of our own, so that nobody is asked for consent."
    )


@strawberry.type(description="What `registerClient` did.")
class RegisterClientPayload:
    """The secret is told this once."""

    client: Client | None = attribute(inherited, "The client; null with errors.", optional=True)
    secret: str | None = attribute(
        inherited, "Its secret, told this once; null with errors, and where it has none.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why there is no client.")


@mutation(
    requires_scopes("clients:write"),
    "Register a client. Nobody registers one with a scope over others that their own token doesn't carry.",
    limit=ADMIN_MUTATIONS,
)
def register_client(
    info: Info, client: Annotated[ClientInput, strawberry.argument(description="What is wanted.")]
) -> RegisterClientPayload:
    """Judge all of it, then write it down."""
    spec, problems = _spec(client), Problems()
    for name, sentence in clients.problems(spec):
        problems.add(ErrorCode.INVALID, sentence, argument_of(name))
    problems.raise_any()
    check_scopes(info, spec.scopes, "scopes")
    try:
        row, secret = clients.register(spec)
    except IntegrityError:
        raise problem(ErrorCode.TAKEN, "There is a client of this id.", "clientId") from None
    return RegisterClientPayload(client=Client.of(row), secret=secret or None, errors=[])


def _spec(client: ClientInput) -> ClientSpec:
    wanted = vars(client) | {
        "client_type": "public" if client.token_endpoint_auth_method == AuthMethod.NONE else "confidential"
    }
    return ClientSpec(**{name: value for name, value in wanted.items() if value is not None})
