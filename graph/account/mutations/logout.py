"""Leaving."""

import strawberry

from graph.access import attribute, authenticated, field, inherited
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import LOGOUT
from oauth_ext.logout import services


@strawberry.type(description="What `logout` did.")
class LogoutPayload:
    """Logging out has no way to fail that the caller could mend: `errors` stays empty."""

    logged_out: bool = attribute(inherited, "Whether the token and the browser session it came from have ended.")
    errors: list[Error] = attribute(inherited, "Empty.")


@field(
    authenticated,
    "End the token's family and, where it came from a browser session, that session with all its families.",
    limit=LOGOUT,
)
def logout(info: Info) -> LogoutPayload:
    """End them before answering."""
    services.logout_by_token(info.context.viewer)
    return LogoutPayload(logged_out=True, errors=[])
