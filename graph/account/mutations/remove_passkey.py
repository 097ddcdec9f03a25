"""Having a passkey no more."""

import strawberry

from graph.access import attribute, inherited
from graph.account import caller
from graph.account.factors import CHANGES, PasskeyId, changer, passkey_key, refusing
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.factors import services as factors
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `removePasskey` did.")
class RemovePasskeyPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    CHANGES,
    "Remove a passkey; with the last factor recovery codes go, too. Its owner is mailed.",
    limit=ACCOUNT_MUTATIONS,
)
def remove_passkey(info: Info, id: PasskeyId) -> RemovePasskeyPayload:
    """Remove it before answering."""
    user = changer(info)
    with refusing():
        factors.remove_passkey(user, passkey_key(info, id))
    return RemovePasskeyPayload(user=caller.shown(info), errors=[])
