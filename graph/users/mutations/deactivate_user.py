"""Letting somebody in no more."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.users.changing import UserId, find, shown
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users


@strawberry.type(description="What `deactivateUser` did.")
class DeactivateUserPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("users:write"),
    "Let nobody sign in as this person, and end all they have: sign-ins, grants, tokens.",
    limit=ADMIN_MUTATIONS,
)
def deactivate_user(info: Info, id: UserId) -> DeactivateUserPayload:
    """End it before answering."""
    row = find(info, id)
    users.deactivate(row)
    return DeactivateUserPayload(user=shown(info, row), errors=[])
