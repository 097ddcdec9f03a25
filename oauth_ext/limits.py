"""What the machine endpoints count: failures, each for the client that it names and the address that it came from.

A good request costs nothing here: no statement, and no look at Redis.
"""

from django.http import HttpRequest

from idp.ratelimit import known
from idp.ratelimit import services as ratelimit
from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import (
    BAD_GRANTS,
    BAD_TOKENS,
    CLIENT_AUTHENTICATION,
    CLIENT_AUTHENTICATION_ADDRESS,
    INACTIVE_TOKENS,
    Limit,
)
from idp.ratelimit.services import Limited
from oauth_ext.clients.authentication import presented
from oauth_ext.clients.models import SECRET_METHODS
from oauth_ext.errors import InvalidClient, InvalidGrant, InvalidToken, OAuthError, RateLimited
from oauth_ext.parameters import read_form


def refuse_guessers(request: HttpRequest) -> None:
    """Refuse a secret untried where this process knows that too many were wrong; raises `RateLimited`.

    Who brings no secret guesses none: a public client is not shut out by a neighbour who fails in its name.
    """
    if not known.anything():
        return
    client_id, proves = _named(request)
    if proves:
        address = client_address(request)
        try:
            ratelimit.refuse_known(CLIENT_AUTHENTICATION, f"{address} {client_id}")
            ratelimit.refuse_known(CLIENT_AUTHENTICATION_ADDRESS, address)
        except Limited as limited:
            raise RateLimited(limited.retry_after) from limited


def count(request: HttpRequest, error: OAuthError) -> OAuthError:
    """Count an error if it is a failure to be counted; return what to answer: the error, or `RateLimited`."""
    try:
        match error:
            case InvalidClient():
                _count_authentication(request)
            case InvalidGrant():
                _take(BAD_GRANTS, f"{client_address(request)} {_named(request)[0]}")
            case InvalidToken():
                _take(BAD_TOKENS, client_address(request))
    except RateLimited as limited:
        return limited
    return error


def count_stored(request: HttpRequest, limit: Limit, client_id: str) -> None:
    """Count what is about to be written for a client and address; raises `RateLimited` before one too many."""
    _take(limit, f"{client_address(request)} {client_id}")


def count_asked(request: HttpRequest, limit: Limit) -> None:
    """Count what an address has us do, whoever the client is or will be; raises `RateLimited` before one too many."""
    _take(limit, client_address(request))


def count_inactive(request: HttpRequest, client_id: str) -> None:
    """Count a token that was worth nothing to the client that asked; raises `RateLimited`."""
    _take(INACTIVE_TOKENS, f"{client_address(request)} {client_id}")


def _count_authentication(request: HttpRequest) -> None:
    """Count for the address first: who is stopped by it leaves no bucket for each client he names."""
    address = client_address(request)
    _take(CLIENT_AUTHENTICATION_ADDRESS, address)
    try:
        _take(CLIENT_AUTHENTICATION, f"{address} {_named(request)[0]}")
    except RateLimited:
        ratelimit.give_back(CLIENT_AUTHENTICATION_ADDRESS, address)
        raise


def _take(limit: Limit, key: str) -> None:
    try:
        ratelimit.take(limit, key)
    except Limited as limited:
        raise RateLimited(limited.retry_after) from limited


def _named(request: HttpRequest) -> tuple[str, bool]:
    """Return the client that a request names, or nothing, and whether it would prove that by something secret."""
    try:
        client_id, _, method = presented(read_form(request), request.META.get("HTTP_AUTHORIZATION"))
    except OAuthError:
        return "", False
    return client_id, method in SECRET_METHODS
