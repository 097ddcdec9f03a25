"""Removing a role."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.roles.changing import RoleId, find
from graph.roles.types import Role
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users
from idp.users.errors import RoleInUse


@strawberry.type(description="What `deleteRole` did.")
class DeleteRolePayload:
    """The role as it was."""

    role: Role | None = attribute(inherited, "The role as it was; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why it is still there.")


@mutation(
    requires_scopes("roles:write"),
    "Remove a role that nobody has. Invitations to it end; that which new people get stays.",
    limit=ADMIN_MUTATIONS,
)
def delete_role(info: Info, id: RoleId) -> DeleteRolePayload:
    """Remove it before answering."""
    row = find(info, id)
    shown = Role.of(row)
    try:
        users.remove_role(row)
    except RoleInUse as error:
        raise problem(ErrorCode.NOT_ALLOWED, f"It can't be removed: {error}.", "id") from None
    return DeleteRolePayload(role=shown, errors=[])
