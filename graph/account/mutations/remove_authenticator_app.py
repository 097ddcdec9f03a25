"""Having no authenticator app any more."""

import strawberry

from graph.access import attribute, inherited
from graph.account import caller
from graph.account.factors import CHANGES, changer, refusing
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.factors import services as factors
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `removeAuthenticatorApp` did.")
class RemoveAuthenticatorAppPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    CHANGES,
    "Remove the authenticator app; with the last factor recovery codes go, too. Its owner is mailed.",
    limit=ACCOUNT_MUTATIONS,
)
def remove_authenticator_app(info: Info) -> RemoveAuthenticatorAppPayload:
    """Remove it before answering."""
    with refusing():
        factors.remove_app(changer(info))
    return RemoveAuthenticatorAppPayload(user=caller.shown(info), errors=[])
