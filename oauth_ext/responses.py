"""Answers of the machine endpoints: JSON, never cached, errors with the headers that the RFCs ask for."""

from collections.abc import Mapping

import orjson
from django.http import HttpResponse

from oauth_ext.dpop.algorithms import ALGORITHMS
from oauth_ext.errors import (
    DPoPError,
    InsufficientScope,
    InsufficientUserAuthentication,
    InvalidClient,
    InvalidRegistrationToken,
    InvalidToken,
    OAuthError,
    RateLimited,
)

UNAUTHORIZED, FORBIDDEN = 401, 403
REALM = 'realm="gatehouse"'
BEARER, DPOP = "Bearer", "DPoP"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def answer(body: Mapping[str, object] | str, status: int = 200) -> HttpResponse:
    """Return a JSON answer that no cache keeps (RFC 6749 §5.1); a string is JSON already."""
    content = body if isinstance(body, str) else orjson.dumps(body)
    return HttpResponse(content, status=status, content_type="application/json", headers=NO_STORE)


def refusal(error: OAuthError, *, at_resource: bool = False) -> HttpResponse:
    """Return the answer to an error (RFC 6749 §5.2, RFC 6585 §4).

    `at_resource` it bears the challenge of RFC 6750 and RFC 9449.
    """
    status = UNAUTHORIZED if at_resource and isinstance(error, DPoPError) else error.status
    response = answer({"error": error.error, "error_description": error.description}, status)
    if status in {UNAUTHORIZED, FORBIDDEN}:
        response["WWW-Authenticate"] = www_authenticate(error)
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after)
    return response


def www_authenticate(error: OAuthError | None) -> str:
    """Return the challenges that belong to an error, or to no credentials at all (None).

    The scheme that was used says what was wrong. Who came with a bad Bearer token is told of DPoP too: the token may be
    a bound one.
    """
    match error:
        case InvalidClient():
            return f'Basic {REALM}, charset="UTF-8"'
        case DPoPError():
            return _challenge(DPOP, error)
        case InsufficientUserAuthentication() | InsufficientScope():
            return _challenge(error.auth_scheme, error)
        case InvalidToken(auth_scheme="DPoP"):
            return _challenge(DPOP, error)
        case InvalidRegistrationToken():
            return _challenge(BEARER, error)
    return f"{_challenge(BEARER, error)}, {_challenge(DPOP)}"


def _challenge(scheme: str, error: OAuthError | None = None) -> str:
    parts = [f"{scheme} {REALM}"]
    if scheme == DPOP:
        parts.append(f'algs="{" ".join(ALGORITHMS)}"')
    if error is not None:
        parts += [f'error="{error.error}"', f'error_description="{error.description}"']
    if isinstance(error, InsufficientScope) and error.scope:
        parts.append(f'scope="{error.scope}"')
    if isinstance(error, InsufficientUserAuthentication):
        parts.append(f'max_age="{error.max_age}"')
        if error.acr_values:
            parts.append(f'acr_values="{error.acr_values}"')
    return ", ".join(parts)


def pointing_to(challenges: str, metadata: str) -> str:
    """Return challenges of a resource that say where its metadata are (RFC 9728 §5.1)."""
    return challenges.replace(REALM, f'{REALM}, resource_metadata="{metadata}"')


def unauthenticated() -> HttpResponse:
    """Return 401 for a request that brought no token: the bare challenges, no error code (RFC 6750 §3.1)."""
    response = HttpResponse(status=UNAUTHORIZED, headers=NO_STORE)
    response["WWW-Authenticate"] = www_authenticate(None)
    return response
