"""Letting somebody in again."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.users.changing import UserId, find, shown
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users


@strawberry.type(description="What `activateUser` did.")
class ActivateUserPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("users:write"),
    "Let this person sign in again; what was ended stays ended.",
    limit=ADMIN_MUTATIONS,
)
def activate_user(info: Info, id: UserId) -> ActivateUserPayload:
    """Switch the account on."""
    row = find(info, id)
    users.activate(row)
    return ActivateUserPayload(user=shown(info, row), errors=[])
