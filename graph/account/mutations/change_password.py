"""Changing one's own password."""

from dataclasses import replace
from typing import Annotated

import strawberry

from graph.access import attribute, field, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.owned import RECENTLY
from graph.account.types import User
from graph.errors import Code, GraphError
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from idp.ratelimit.services import Limited
from idp.sessions import services as sessions
from idp.signin import passwords
from idp.users import services as users
from idp.users.errors import BadPassword, Overtaken, WrongPassword
from idp.users.models import User as UserRow
from oauth_ext.families import services as families
from oauth_ext.tokens.services import Judged

ACCESS = replace(requires_scopes("account:write") & fresh(RECENTLY), may_withhold=False)


@strawberry.type(description="What `changePassword` did.")
class ChangePasswordPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@field(
    ACCESS,
    "Change the person's password. Every other sign-in of theirs, and every other grant and token, ends, and they are "
    "told by mail; this token's family goes on, and the sign-in that it came from. Wrong passwords count as at the "
    "sign-in page: after five, `RATE_LIMITED`.",
    limit=ACCOUNT_MUTATIONS,
)
def change_password(
    info: Info,
    current: Annotated[str, strawberry.argument(description="The password that they have.")],
    new: Annotated[str, strawberry.argument(description="Another one: 15 characters, 8 with a second factor.")],
) -> ChangePasswordPayload:
    """Judge both, outside of a transaction, so that a wrong one stays counted; then change it, in one."""
    viewer, user = info.context.viewer, caller.row(info)
    try:
        passwords.check(info.context.request, user, current, new)
        users.set_password(user, new, and_then=lambda: _keep(viewer, user))
    except Limited as limited:
        message = "Too many wrong passwords. Wait as long as retryAfter says."
        raise GraphError(Code.RATE_LIMITED, message, retryAfter=limited.retry_after) from limited
    except BadPassword as bad:
        return _refused(str(bad), "new")
    except (WrongPassword, Overtaken):
        return _refused("This is not the password that they have.", "current")
    return ChangePasswordPayload(user=caller.shown(info), errors=[])


def _keep(viewer: Judged, user: UserRow) -> None:
    if viewer.family_id is not None:
        families.keep(viewer.family_id, user)
    if viewer.session_pk is not None:
        sessions.keep(viewer.session_pk, user)


def _refused(message: str, field: str) -> ChangePasswordPayload:
    return ChangePasswordPayload(errors=[Error(message=message, code=ErrorCode.INVALID, field=field)])
