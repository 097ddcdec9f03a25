"""Unlinking an account at another provider."""

from typing import Annotated

import strawberry

from graph import ids
from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.owned import RECENTLY
from graph.account.types import User
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.providers import identities
from idp.providers.errors import LastWayIn, NoSuchIdentity
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `unlinkIdentity` did.")
class UnlinkIdentityPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Unlink an account at another provider, but not the last way to sign in; the person is told by mail.",
    limit=ACCOUNT_MUTATIONS,
)
def unlink_identity(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The identity's `id`.")]
) -> UnlinkIdentityPayload:
    """Take it back before answering."""
    pk = ids.unseal("LinkedIdentity", id, info.context.viewer.sector)
    try:
        identities.unlink(caller.row(info), pk or 0)
    except NoSuchIdentity:
        raise problem(ErrorCode.NOT_FOUND, "There is no such identity.", "id") from None
    except LastWayIn:
        sentence = "It is the only way to sign in: set a password or add a passkey first."
        raise problem(ErrorCode.NOT_ALLOWED, sentence, "id") from None
    return UnlinkIdentityPayload(user=caller.shown(info), errors=[])
