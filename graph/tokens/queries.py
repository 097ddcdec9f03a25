"""What is this token worth."""

from typing import Annotated

import strawberry

from graph.access import field, public
from graph.counting import take
from graph.tokens.types import INACTIVE, TokenValidation
from graph.viewer import Info
from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import VALIDATE_TOKEN
from oauth_ext.errors import InvalidToken
from oauth_ext.tokens import services as tokens

ASKS_FOR_ITSELF = public(
    "Whoever holds a token may ask what it is worth. Without an argument the caller's own token is judged."
)


@strawberry.type
class TokenQueries:
    """The part of `Query` about tokens."""

    @field(
        ASKS_FOR_ITSELF, "What an access token is worth now: the caller's own, or any of ours, whatever its audience."
    )
    def validate_token(
        self,
        info: Info,
        token: Annotated[
            str | None,
            strawberry.argument(description="An access token; with it, no authentication is looked at."),
        ] = strawberry.UNSET,
    ) -> TokenValidation:
        """Judge; a bad token of the caller's own is 401, any other bad one `active: false`."""
        if not isinstance(token, str):
            return TokenValidation.of(info.context.viewer)
        return _judge(token, client_address(info.context.request))


def _judge(token: str, address: str) -> TokenValidation:
    """A good token is answered whatever came from its address before: only the failure is counted, and then refused."""
    try:
        return TokenValidation.of(tokens.judge(token, any_audience=True))
    except InvalidToken:
        take(VALIDATE_TOKEN, address, "Too many bad tokens came from this address.")
        return INACTIVE
