"""A new role."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.mutations import Problems, mutation, problem
from graph.payloads import Error, ErrorCode
from graph.roles.changing import MinimumAcr, judge_description, judge_minimum_acr, judge_scopes
from graph.roles.types import Role
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users
from idp.users.errors import NameTaken


@strawberry.type(description="What `createRole` did.")
class CreateRolePayload:
    """The role, if there is one."""

    role: Role | None = attribute(inherited, "The role; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why there is none.")


@mutation(
    requires_scopes("roles:write"),
    "Make a role. Nobody makes one with a scope over others that their own token doesn't carry.",
    limit=ADMIN_MUTATIONS,
)
def create_role(
    info: Info,
    name: Annotated[str, strawberry.argument(description="Up to 64 letters, digits, hyphens and underscores.")],
    scopes: Annotated[
        list[str], strawberry.argument(description="What its holders may grant, beyond what everybody may.")
    ],
    description: Annotated[str, strawberry.argument(description="What it is for, in a sentence.")] = "",
    minimum_acr: MinimumAcr = "",
) -> CreateRolePayload:
    """Judge all of it, then write it down."""
    problems = Problems()
    if not users.is_role_name(name):
        problems.add(ErrorCode.INVALID, "It must be up to 64 letters, digits, hyphens and underscores.", "name")
    judge_scopes(info, scopes, problems)
    judge_description(description, problems)
    judge_minimum_acr(minimum_acr, problems)
    problems.raise_any()
    try:
        role = users.create_role(name, description, scopes, minimum_acr)
    except NameTaken:
        raise problem(ErrorCode.TAKEN, "There is a role of this name.", "name") from None
    return CreateRolePayload(role=Role.of(role), errors=[])
