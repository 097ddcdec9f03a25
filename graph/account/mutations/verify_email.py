"""Showing that an e-mail address is one's own."""

from typing import Annotated, Final

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.emails import Typed, refusing
from graph.account.owned import RECENTLY
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import EMAIL_CODES_TYPED
from idp.users import email_codes, emails

UNTIL_MAIL_CAME: Final = RECENTLY + 60 * email_codes.MINUTES  # whoever could add it can type its code


@strawberry.type(description="What `verifyEmail` did.")
class VerifyEmailPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write") & fresh(UNTIL_MAIL_CAME),
    "Show that an added address is one's own, by the code that was mailed to it: it works once, for "
    f"{email_codes.MINUTES} minutes. The first address of an account becomes its primary one.",
    limit=EMAIL_CODES_TYPED,
)
def verify_email(
    info: Info,
    address: Typed,
    code: Annotated[str, strawberry.argument(description="The code, in any case, with or without its hyphen.")],
) -> VerifyEmailPayload:
    """Take the code."""
    with refusing():
        emails.verify(caller.row(info), address, code)
    return VerifyEmailPayload(user=caller.shown(info), errors=[])
