"""Fetching a node again: whatever its `id` was sealed for, its own declaration judges who may."""

from collections.abc import Callable
from typing import Annotated, Final, NamedTuple

import strawberry

from graph.access import Access, authenticated, field
from graph.account.consent import Consent
from graph.account.session import Session
from graph.account.token_family import TokenFamily
from graph.account.types import User
from graph.clients.types import Client
from graph.errors import Forbidden
from graph.node import Node
from graph.roles.types import Role
from graph.users.invitation import Invitation
from graph.viewer import Info


class Fetching(NamedTuple):
    """How a type's nodes are found by `id`, and who may then be given one; None where finding judges that itself."""

    load: Callable[[Info, str], Node | None]
    visible: Access | None


FETCHING: Final = {
    "User": Fetching(lambda info, asked: User.load(info, [asked])[0], None),
    "Role": Fetching(lambda info, asked: Role.load(info, [asked])[0], None),
    "Client": Fetching(Client.load, None),
    "Session": Fetching(Session.load, Session.VISIBLE),
    "Consent": Fetching(Consent.load, Consent.VISIBLE),
    "Invitation": Fetching(Invitation.load, Invitation.VISIBLE),
    "TokenFamily": Fetching(TokenFamily.load, TokenFamily.VISIBLE),
}


@strawberry.type
class NodeQueries:
    """The part of `Query` that fetches by `id`."""

    @field(authenticated, "The node of an `id`: null where there is none, or none that this caller may see.")
    def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The `id` of any node.")]
    ) -> Node | None:
        """Try each type: an `id` opens under its own alone, and what doesn't open costs no statement."""
        for fetching in FETCHING.values():
            node = fetching.load(info, id)
            if node is not None:
                return node if _may(fetching.visible, info, node) else None
        return None


def _may(visible: Access | None, info: Info, node: Node) -> bool:
    try:
        return visible is None or visible.allows(info.context, node)
    except Forbidden:
        return False  # somebody else's is no more there than none
