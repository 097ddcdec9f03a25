"""Removing an e-mail address from one's account."""

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.emails import Typed, refusing
from graph.account.owned import RECENTLY
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from idp.users import emails


@strawberry.type(description="What `removeEmail` did.")
class RemoveEmailPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Remove an address, but not the primary one, which is told.",
    limit=ACCOUNT_MUTATIONS,
)
def remove_email(info: Info, address: Typed) -> RemoveEmailPayload:
    """Forget it before answering."""
    with refusing():
        emails.remove(caller.row(info), address)
    return RemoveEmailPayload(user=caller.shown(info), errors=[])
