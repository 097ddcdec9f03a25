"""Having a link mailed to somebody by which they set a password themselves: nobody sets one for others."""

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.users.changing import UserId, find
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from idp.signin import resets


@strawberry.type(description="What `sendPasswordReset` did.")
class SendPasswordResetPayload:
    """Nothing of the link: it is in the mail alone."""

    sent: bool | None = attribute(inherited, "True where a link goes to them by mail; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why none is sent.")


@mutation(
    requires_scopes("users:write"),
    "Have a link mailed to a person, to their own address, by which they set a password themselves. It works once, for "
    "one hour; until then the password stays as it is, and a second factor is asked for all the same.",
    limit=ADMIN_MUTATIONS,
)
def send_password_reset(info: Info, id: UserId) -> SendPasswordResetPayload:
    """Leave it to the worker, as when they ask for it themselves."""
    row = find(info, id)
    if not row.email:
        raise problem(ErrorCode.NOT_ALLOWED, "They have no e-mail address.", "id")
    if not row.is_open:
        raise problem(ErrorCode.NOT_ALLOWED, "Their account is switched off, or due to be deleted.", "id")
    resets.send_to(row)
    return SendPasswordResetPayload(sent=True, errors=[])
