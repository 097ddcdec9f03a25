"""Giving a role."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.types import User
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.users.changing import UserId, find, shown
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users
from idp.users.errors import UnknownRole
from oauth_ext import scopes


@strawberry.type(description="What `setUserRole` did.")
class SetUserRolePayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("users:write"),
    "Give a person a role. Nobody gives, or takes, a scope over others that their own token doesn't carry.",
    limit=ADMIN_MUTATIONS,
)
def set_user_role(
    info: Info, id: UserId, role: Annotated[str, strawberry.argument(description="The role's name.")]
) -> SetUserRolePayload:
    """Give it; what tokens are worth changes with it."""
    row = find(info, id)
    try:
        wanted = users.find_role(role)
    except UnknownRole:
        raise problem(ErrorCode.NOT_FOUND, "There is no such role.", "role") from None
    if beyond := scopes.beyond(wanted.scopes, info.context.viewer.scopes):
        raise problem(ErrorCode.NOT_ALLOWED, f"The role may do more than this token: {', '.join(beyond)}.", "role")
    users.set_role(row, wanted.name)
    return SetUserRolePayload(user=shown(info, row), errors=[])
