"""Adding an e-mail address to one's account."""

from typing import Final

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.emails import Typed, refusing
from graph.account.owned import RECENTLY
from graph.account.types import User
from graph.counting import take
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import EMAIL_CODES, EMAIL_CODES_MAILBOX
from idp.users import emails

FULL: Final = "This mailbox got enough mail from here. Wait as long as retryAfter says."


@strawberry.type(description="What `addEmail` did.")
class AddEmailPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Add an e-mail address, and mail a code to it for `verifyEmail`; for one that is there already, another code. "
    "The answer is the same for an address that is somebody else's: who reads that mailbox is told.",
    limit=EMAIL_CODES,
)
def add_email(info: Info, address: Typed) -> AddEmailPayload:
    """Note it, and leave the mail to the worker."""
    with refusing():
        email = emails.add(caller.row(info), address)
    take(EMAIL_CODES_MAILBOX, email, FULL)
    return AddEmailPayload(user=caller.shown(info), errors=[])
