"""Which clients a caller may change: none that may ask for more than the caller's own token carries."""

from collections.abc import Collection
from typing import Annotated, Final

import strawberry

from graph.clients.types import Client
from graph.mutations import problem
from graph.payloads import ErrorCode
from graph.viewer import Info
from oauth_ext import scopes
from oauth_ext.clients.models import Application

# Where an argument has another name than RFC 7591 has
ARGUMENTS: Final = {"client_name": "name"}

ClientId = Annotated[strawberry.ID, strawberry.argument(description="The client's `id`, not its `client_id`.")]


def find(info: Info, id_asked: str) -> Application:
    """Return the client; raises `Problems` for none, and for one that may do more than this token."""
    row = Client.row(id_asked)
    if row is None:
        raise problem(ErrorCode.NOT_FOUND, "There is no such client.", "id")
    check_scopes(info, row.scopes, "id")
    return row


def check_scopes(info: Info, names: Collection[str], argument: str) -> None:
    """Raise `Problems` where the scopes of a client give power over others that this token doesn't have."""
    if beyond := scopes.beyond(names, info.context.viewer.scopes):
        message = f"Such a client may do more than this token: {', '.join(beyond)}."
        raise problem(ErrorCode.NOT_ALLOWED, message, argument)


def argument_of(name: str) -> str:
    """Return the argument that one of RFC 7591's names of what is wrong is about."""
    first, *others = ARGUMENTS.get(name, name).split("_")
    return first + "".join(map(str.title, others))
