"""Counting by the one limiter, and refusing in the words of GraphQL."""

from graph.errors import Code, GraphError
from graph.viewer import Context
from idp.ratelimit import services as ratelimit
from idp.ratelimit.limits import Limit
from idp.ratelimit.services import Limited


def take(limit: Limit, key: str, message: str) -> None:
    """Count one; raises `RATE_LIMITED` with the message, and with the seconds to wait, where it is one too many."""
    try:
        ratelimit.take(limit, key)
    except Limited as limited:
        raise GraphError(Code.RATE_LIMITED, message, retryAfter=limited.retry_after) from limited


def count_call(limit: Limit, field: str, context: Context) -> None:
    """Count a call of a field for the person that the token speaks for, or for the client; raises `RATE_LIMITED`."""
    viewer = context.viewer
    caller = f"client {viewer.client_pk}" if viewer.user_pk is None else f"user {viewer.user_pk}"
    take(limit, f"{field} {caller}", "This was done too often. Wait as long as retryAfter says.")
