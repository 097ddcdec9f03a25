"""The first code of an authenticator app, from which on it counts."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited
from graph.account import caller
from graph.account.factors import CHANGES, changer, refusing
from graph.account.types import User
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.factors import authenticator_app
from idp.ratelimit.limits import AUTHENTICATOR_APP_CODES


@strawberry.type(description="What `confirmAuthenticatorApp` did.")
class ConfirmAuthenticatorAppPayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    CHANGES,
    "Have the app of `beginAuthenticatorApp` count: its first code was typed. Signing in asks for it from now on, and "
    "its owner is mailed.",
    limit=AUTHENTICATOR_APP_CODES,
)
def confirm_authenticator_app(
    info: Info, code: Annotated[str, strawberry.argument(description="The six digits that the app shows now.")]
) -> ConfirmAuthenticatorAppPayload:
    """Take the code before answering."""
    user = changer(info)
    with refusing():
        authenticator_app.confirm(user, code)
    return ConfirmAuthenticatorAppPayload(user=caller.shown(info), errors=[])
