"""Taking an invitation back."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.roles import changing as roles
from graph.users.invitation import Invitation
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.users import invitations


@strawberry.type(description="What `revokeInvitation` did.")
class RevokeInvitationPayload:
    """The invitation as it is now."""

    invitation: Invitation | None = attribute(
        inherited, "The invitation as it is now; null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("users:write"),
    "Take an open invitation back: its link makes no account any more.",
    limit=ADMIN_MUTATIONS,
)
def revoke_invitation(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The invitation's `id`.")]
) -> RevokeInvitationPayload:
    """End it before answering."""
    row = Invitation.row(id)
    if row is not None:
        roles.judge(info, row.role, "id")
    if row is None or not invitations.revoke(row):
        raise problem(ErrorCode.NOT_FOUND, "There is no such open invitation.", "id")
    return RevokeInvitationPayload(invitation=Invitation.load(info, id), errors=[])
