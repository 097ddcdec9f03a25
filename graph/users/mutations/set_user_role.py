"""Giving a role."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.users.changing import UserId, find, find_role, shown
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users


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
    users.set_role(row, find_role(info, role).name)
    return SetUserRolePayload(user=shown(info, row), errors=[])
