"""What is this token worth."""

from typing import Annotated

import strawberry

from graph.access import field, public
from graph.errors import Code, GraphError
from graph.tokens.types import INACTIVE, TokenValidation
from graph.viewer import Info
from idp.ratelimit import services as ratelimit
from idp.ratelimit.addresses import client_address
from idp.ratelimit.services import Limited, Rate
from oauth_ext.errors import InvalidToken
from oauth_ext.tokens import services as tokens

# Nobody guesses a token: the limit is for those who try all the same, and for programs gone wild.
BAD_TOKENS = Rate(60, 60)

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
        try:
            ratelimit.take("validate-token", address, BAD_TOKENS)
        except Limited as limited:
            message = "Too many bad tokens came from this address."
            raise GraphError(Code.RATE_LIMITED, message, retryAfter=limited.retry_after) from limited
        return INACTIVE
