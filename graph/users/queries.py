"""Finding people."""

from enum import Enum
from typing import Annotated

import strawberry

from graph.access import field, requires_scopes
from graph.account.types import User
from graph.connections import PAGE, After, Asked, Connection, First, page
from graph.users.invitation import Invitation
from graph.viewer import Info
from idp.users import invitations
from idp.users import services as users


@strawberry.enum(description="In which order people are told. Names are never changed, but more may come.")
class UserOrder(Enum):
    """Those for which there is an index: a page costs the same wherever it is."""

    USERNAME = strawberry.enum_value("username_key", description="By username, whatever its case.")
    NEWEST = strawberry.enum_value("-pk", description="Who came last comes first.")
    OLDEST = strawberry.enum_value("pk", description="Who came first comes first.")


@strawberry.type
class UserQueries:
    """The part of `Query` about everybody."""

    @field(requires_scopes("users:read"), "The people.")
    def users(
        self,
        info: Info,
        search: Annotated[
            str | None,
            strawberry.argument(description="Only whose username begins so, or whose e-mail address is this."),
        ] = None,
        role: Annotated[str | None, strawberry.argument(description="Only who holds the role of this name.")] = None,
        is_active: Annotated[bool | None, strawberry.argument(description="Only who may, or may not, sign in.")] = None,
        order: Annotated[UserOrder, strawberry.argument(description="In which order.")] = UserOrder.USERNAME,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[User] | None:
        """Return a page of the rows."""
        rows = users.search(search or "", role=role, is_active=is_active)
        found = page(rows, Asked("users", first, after), str(order.value))
        return found.shown(User.of_rows(found.rows, info.context.viewer))

    @field(Invitation.VISIBLE, "Who was invited, the newest first.")
    def invitations(self, first: First = PAGE, after: After = None) -> Connection[Invitation] | None:
        """Return a page of the rows."""
        found = page(invitations.everything(), Asked("invitations", first, after))
        return found.shown([Invitation.of(row) for row in found.rows])
