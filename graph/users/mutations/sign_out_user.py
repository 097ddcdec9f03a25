"""Signing somebody out everywhere."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.users.changing import UserId, find, shown
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import services as users


@strawberry.type(description="What `signOutUser` did.")
class SignOutUserPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("sessions:write"),
    "End every sign-in, grant and token of a person.",
    limit=ADMIN_MUTATIONS,
)
def sign_out_user(info: Info, id: UserId) -> SignOutUserPayload:
    """End them before answering."""
    row = find(info, id)
    users.sign_out_everywhere(row)
    return SignOutUserPayload(user=shown(info, row), errors=[])
