"""Making another e-mail address the account's own."""

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


@strawberry.type(description="What `makeEmailPrimary` did.")
class MakeEmailPrimaryPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Make a verified address the account's own: the claim `email`, and where links to set a password go. "
    "The address that was the primary one is told.",
    limit=ACCOUNT_MUTATIONS,
)
def make_email_primary(info: Info, address: Typed) -> MakeEmailPrimaryPayload:
    """Change it before answering."""
    with refusing():
        emails.make_primary(caller.row(info), address)
    return MakeEmailPrimaryPayload(user=caller.shown(info), errors=[])
