"""Leaving."""

from typing import Final

import strawberry

from graph.access import attribute, authenticated, field, fresh, inherited
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import LOGOUT, SIGN_OUT_EVERYWHERE
from oauth_ext.logout import services as logout

RECENTLY: Final = 300  # seconds


@strawberry.type(description="What `logout` did.")
class LogoutPayload:
    """Logging out has no way to fail that the caller could mend: `errors` stays empty."""

    logged_out: bool = attribute(inherited, "Whether the token and the browser session it came from have ended.")
    errors: list[Error] = attribute(inherited, "Empty.")


@strawberry.type(description="What `signOutEverywhere` did.")
class SignOutEverywherePayload:
    """There is no way to fail that the caller could mend: `errors` stays empty."""

    signed_out: bool = attribute(inherited, "Whether every sign-in, grant and token of the person has ended.")
    errors: list[Error] = attribute(inherited, "Empty.")


@strawberry.type
class AccountMutations:
    """The part of `Mutation` about the caller."""

    @field(
        authenticated,
        "End the token's family and, where it came from a browser session, that session with all its families.",
        limit=LOGOUT,
    )
    def logout(self, info: Info) -> LogoutPayload:
        """End them before answering."""
        logout.logout_by_token(info.context.viewer)
        return LogoutPayload(logged_out=True, errors=[])

    @field(
        fresh(RECENTLY),
        "End every sign-in of the person, in every browser, and every grant and token of every client, this one's too.",
        limit=SIGN_OUT_EVERYWHERE,
    )
    def sign_out_everywhere(self, info: Info) -> SignOutEverywherePayload:
        """End them before answering."""
        logout.logout_everywhere(info.context.viewer)
        return SignOutEverywherePayload(signed_out=True, errors=[])
