"""Inviting somebody."""

from typing import Annotated, Final

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.counting import take
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.users.changing import find_role
from graph.users.invitation import Invitation
from graph.viewer import Info
from idp.ratelimit.limits import INVITATIONS, INVITATIONS_MAILBOX
from idp.users import invitations
from idp.users import services as users
from idp.users.errors import AddressTaken, BadAddress, InvitedOtherwise

FULL: Final = "This mailbox got enough mail from here. Wait as long as retryAfter says."


@strawberry.type(description="What `inviteUser` did.")
class InviteUserPayload:
    """The link is in the mail alone."""

    invitation: Invitation | None = attribute(inherited, "The invitation; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nobody is invited.")


@mutation(
    requires_scopes("users:write"),
    f"Mail a link by which somebody makes an account with a role: it works once, for {invitations.DAYS} days, and "
    "takes the place of one for the same role that was mailed there before. Nobody gives a scope over others that "
    "their own token doesn't carry.",
    limit=INVITATIONS,
)
def invite_user(
    info: Info,
    email: Annotated[str, strawberry.argument(description="Where the link goes.")],
    role: Annotated[str, strawberry.argument(description="The name of the role that the account will have.")],
) -> InviteUserPayload:
    """Judge it, and leave the mail to the worker."""
    viewer = info.context.viewer
    wanted = find_role(info, role)
    by = users.everybody().get(pk=viewer.user_pk) if viewer.user_pk is not None else None
    try:
        invitation = invitations.invite(email, wanted, by)
    except BadAddress as error:
        raise problem(ErrorCode.INVALID, str(error), "email") from error
    except AddressTaken as error:
        raise problem(ErrorCode.TAKEN, str(error), "email") from error
    except InvitedOtherwise as error:
        raise problem(ErrorCode.NOT_ALLOWED, str(error), "email") from error
    take(INVITATIONS_MAILBOX, invitation.email, FULL)
    return InviteUserPayload(invitation=Invitation.of(invitation), errors=[])
