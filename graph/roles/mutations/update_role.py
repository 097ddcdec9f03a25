"""What a role is for, and what it allows."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.mutations import Problems, mutation
from graph.payloads import Error
from graph.roles.changing import RoleId, find, judge_description, judge_minimum_acr, judge_scopes
from graph.roles.types import Role
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users


@strawberry.type(description="What `updateRole` did.")
class UpdateRolePayload:
    """The role as it is now."""

    role: Role | None = attribute(inherited, "The role as it is now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("roles:write"),
    "Change a role. What it no longer allows is gone from tokens that are out already.",
    limit=ADMIN_MUTATIONS,
)
def update_role(
    info: Info,
    id: RoleId,
    scopes: Annotated[
        list[str] | None, strawberry.argument(description="All that its holders may grant; left out, as before.")
    ] = None,
    description: Annotated[
        str | None, strawberry.argument(description="What it is for, in a sentence; left out, as before.")
    ] = None,
    minimum_acr: Annotated[
        str | None, strawberry.argument(description="How strongly its holders must sign in; left out, as before.")
    ] = None,
) -> UpdateRolePayload:
    """Judge all of it, then write it down. Of a role that may do more than the token nothing is changed."""
    row, problems = find(info, id), Problems()
    judge_scopes(info, scopes or (), problems)
    judge_description(description or "", problems)
    judge_minimum_acr(minimum_acr or "", problems)
    problems.raise_any()
    users.change_role(row, description=description, scopes=scopes, minimum_acr=minimum_acr)
    return UpdateRolePayload(role=Role.of(row), errors=[])
