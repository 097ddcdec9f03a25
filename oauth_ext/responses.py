"""Answers of the machine endpoints: JSON, never cached, errors with the headers that the RFCs ask for."""

from collections.abc import Mapping

import orjson
from django.http import HttpResponse

from oauth_ext.errors import InsufficientScope, InvalidClient, InvalidToken, OAuthError, RateLimited

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def answer(body: Mapping[str, object] | str, status: int = 200) -> HttpResponse:
    """Return a JSON answer that no cache keeps (RFC 6749 §5.1); a string is JSON already."""
    content = body if isinstance(body, str) else orjson.dumps(body)
    return HttpResponse(content, status=status, content_type="application/json", headers=NO_STORE)


def refusal(error: OAuthError) -> HttpResponse:
    """Return the answer to an error (RFC 6749 §5.2, RFC 6750 §3, RFC 6585 §4)."""
    response = answer({"error": error.error, "error_description": error.description}, error.status)
    if challenge := www_authenticate(error):
        response["WWW-Authenticate"] = challenge
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after)
    return response


def www_authenticate(error: OAuthError | None) -> str:
    """Return the challenge that belongs to an error, or to no credentials at all (None); empty where none does."""
    match error:
        case None:
            return 'Bearer realm="gatehouse"'
        case InvalidClient():
            return 'Basic realm="gatehouse", charset="UTF-8"'
        case InsufficientScope(scope=str(scope)):
            wanted = f', scope="{scope}"' if scope else ""
            return f'Bearer realm="gatehouse", error="{error.error}", error_description="{error.description}"{wanted}'
        case InvalidToken():
            return f'Bearer realm="gatehouse", error="{error.error}", error_description="{error.description}"'
    return ""


def unauthenticated() -> HttpResponse:
    """Return 401 for a request that brought no token: the bare challenge, no error code (RFC 6750 §3.1)."""
    response = HttpResponse(status=401, headers=NO_STORE)
    response["WWW-Authenticate"] = www_authenticate(None)
    return response
