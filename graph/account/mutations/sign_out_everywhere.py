"""Leaving everywhere."""

import strawberry

from graph.access import attribute, field, fresh, inherited
from graph.account.owned import RECENTLY
from graph.payloads import Error
from graph.viewer import Info
from idp.ratelimit.limits import SIGN_OUT_EVERYWHERE
from oauth_ext.logout import services


@strawberry.type(description="What `signOutEverywhere` did.")
class SignOutEverywherePayload:
    """There is no way to fail that the caller could mend: `errors` stays empty."""

    signed_out: bool = attribute(inherited, "Whether every sign-in, grant and token of the person has ended.")
    errors: list[Error] = attribute(inherited, "Empty.")


@field(
    fresh(RECENTLY),
    "End every sign-in of the person, in every browser, and every grant and token of every client, this one's too.",
    limit=SIGN_OUT_EVERYWHERE,
)
def sign_out_everywhere(info: Info) -> SignOutEverywherePayload:
    """End them before answering."""
    services.logout_everywhere(info.context.viewer)
    return SignOutEverywherePayload(signed_out=True, errors=[])
