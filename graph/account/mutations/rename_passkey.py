"""What a passkey is called."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited
from graph.account import caller
from graph.account.factors import CHANGES, PasskeyId, changer, passkey_key, refusing
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.factors import passkeys
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `renamePasskey` did.")
class RenamePasskeyPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(CHANGES, "Call a passkey otherwise.", limit=ACCOUNT_MUTATIONS)
def rename_passkey(
    info: Info, id: PasskeyId, name: Annotated[str, strawberry.argument(description="Up to 64 printable characters.")]
) -> RenamePasskeyPayload:
    """Write it down."""
    user = changer(info)
    with refusing():
        passkeys.rename(user, passkey_key(info, id), name)
    return RenamePasskeyPayload(user=caller.shown(info), errors=[])
