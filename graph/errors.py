"""Errors with stable codes, and the one table that says what each of them is over HTTP."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

import structlog
from graphql import GraphQLError, GraphQLFormattedError

from idp.ops import logs
from idp.users.errors import Busy
from oauth_ext.errors import (
    DPoPError,
    InsufficientScope,
    InsufficientUserAuthentication,
    InvalidDPoPProof,
    InvalidToken,
    UseDPoPNonce,
)
from oauth_ext.responses import www_authenticate

log = structlog.get_logger(__name__)

Extensions = Mapping[str, object]

BUSY = "So many passwords are being checked at this moment that this one was not. Wait as long as retryAfter says."


class Code(StrEnum):
    """What `extensions.code` may say. Clients branch on these names, so they are never changed."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    INVALID_DPOP_PROOF = "INVALID_DPOP_PROOF"
    USE_DPOP_NONCE = "USE_DPOP_NONCE"
    INSUFFICIENT_SCOPE = "INSUFFICIENT_SCOPE"
    INSUFFICIENT_USER_AUTHENTICATION = "INSUFFICIENT_USER_AUTHENTICATION"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    TEMPORARILY_UNAVAILABLE = "TEMPORARILY_UNAVAILABLE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    BAD_REQUEST = "BAD_REQUEST"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    DOCUMENT_NOT_FOUND = "DOCUMENT_NOT_FOUND"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    OPERATION_TOO_COMPLEX = "OPERATION_TOO_COMPLEX"
    TIMEOUT = "TIMEOUT"
    ANSWER_TOO_LARGE = "ANSWER_TOO_LARGE"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class GraphError(GraphQLError):
    """An error whose words are meant for the caller; any other exception is masked."""

    def __init__(self, code: Code, message: str, **extensions: object) -> None:
        """Take the code, a sentence without secrets, and what else a program may want to know."""
        super().__init__(message, extensions={"code": str(code)} | extensions)


class Refused(GraphError):
    """Who asks is not known, or may not ask in this way, so the request is refused as a whole."""


class Unauthenticated(Refused):
    """There is no access token, or (`bad`) one that is not good."""

    def __init__(self, bad: InvalidToken | None = None) -> None:
        """Say which of the two; why a token is bad is never told."""
        message = bad.description if bad else "This needs an access token."
        scheme = {"authScheme": bad.auth_scheme} if bad else {}
        super().__init__(Code.UNAUTHENTICATED, message, tokenPresented=bad is not None, **scheme)


class ProofRefused(Refused):
    """The proof that came with a bound access token doesn't do (RFC 9449 §7.1), or needs another nonce (§9)."""

    def __init__(self, error: DPoPError) -> None:
        """Say what is wrong: whoever made the proof may know."""
        code = Code.USE_DPOP_NONCE if isinstance(error, UseDPoPNonce) else Code.INVALID_DPOP_PROOF
        super().__init__(code, error.description)


class NotTrusted(Refused):
    """A browser's token came with a document that the server didn't know before."""

    def __init__(self) -> None:
        """Say how it would go."""
        message = "A client in a browser runs trusted documents alone: send the documentId of one."
        super().__init__(Code.DOCUMENT_NOT_TRUSTED, message)


class ScopeMissing(GraphError):
    """The token does not carry one of the scopes that would do."""

    def __init__(self, *scopes: str, auth_scheme: str) -> None:
        """Name the scopes, each of which would do, and how the token was presented."""
        message = f"This needs the scope {' or '.join(scopes)}." if scopes else "This needs a token with a user."
        super().__init__(Code.INSUFFICIENT_SCOPE, message, requiredScopes=list(scopes), authScheme=auth_scheme)


class SignInTooOld(GraphError):
    """The person must sign in again first (RFC 9470): a client can send them, with `max_age`, and come back."""

    def __init__(self, max_age: int, *, auth_scheme: str, **enough: str) -> None:
        """Say how old a sign-in may be, in seconds, and how the token was presented."""
        message = f"This needs a sign-in of the last {max_age} seconds{', with a second factor' if enough else ''}."
        code = Code.INSUFFICIENT_USER_AUTHENTICATION
        super().__init__(code, message, maxAge=max_age, authScheme=auth_scheme, **enough)


class SignInTooWeak(SignInTooOld):
    """The same, and with `acr_values`: who has a second factor must have used it."""

    def __init__(self, max_age: int, acr_values: str, *, auth_scheme: str) -> None:
        """Say how strong it must be as well."""
        super().__init__(max_age, auth_scheme=auth_scheme, acrValues=acr_values)


class Forbidden(GraphError):
    """The field is about somebody else."""

    def __init__(self) -> None:
        """Say no more."""
        super().__init__(Code.FORBIDDEN, "This is not yours to see.")


class OverHTTP(NamedTuple):
    """What a code is over HTTP: the status, the `error` of a REST answer (the RFCs' names), and the headers."""

    status: int
    error: str
    headers: Callable[[Extensions], dict[str, str]] = lambda _: {}
    error_without_token: str = ""


def _challenge(extensions: Extensions) -> dict[str, str]:
    scheme = extensions.get("authScheme")
    return {"WWW-Authenticate": www_authenticate(InvalidToken(auth_scheme=str(scheme)) if scheme else None)}


def _invalid_proof(_: Extensions) -> dict[str, str]:
    return {"WWW-Authenticate": www_authenticate(InvalidDPoPProof())}


def _use_nonce(_: Extensions) -> dict[str, str]:
    return {"WWW-Authenticate": www_authenticate(UseDPoPNonce())}


def _wider_challenge(extensions: Extensions) -> dict[str, str]:
    scopes = extensions.get("requiredScopes")
    # RFC 6750 §3 wants a list of scopes that are needed together; one of those that would do is such a list.
    wanted = str(scopes[0]) if isinstance(scopes, list) and scopes else ""
    error = InsufficientScope(scope=wanted, auth_scheme=str(extensions["authScheme"]))
    return {"WWW-Authenticate": www_authenticate(error)}


def _step_up(extensions: Extensions) -> dict[str, str]:
    scheme, max_age = str(extensions["authScheme"]), int(str(extensions["maxAge"]))
    acr_values = str(extensions.get("acrValues", ""))
    error = InsufficientUserAuthentication(max_age=max_age, acr_values=acr_values, auth_scheme=scheme)
    return {"WWW-Authenticate": www_authenticate(error)}


def _retry_after(extensions: Extensions) -> dict[str, str]:
    return {"Retry-After": str(extensions.get("retryAfter", 1))}


def _allow(extensions: Extensions) -> dict[str, str]:
    return {"Allow": str(extensions["allow"])}


OVER_HTTP = {
    Code.UNAUTHENTICATED: OverHTTP(401, "invalid_token", _challenge, "unauthenticated"),
    Code.INVALID_DPOP_PROOF: OverHTTP(401, InvalidDPoPProof.error, _invalid_proof),
    Code.USE_DPOP_NONCE: OverHTTP(401, UseDPoPNonce.error, _use_nonce),
    Code.INSUFFICIENT_SCOPE: OverHTTP(403, "insufficient_scope", _wider_challenge),
    Code.INSUFFICIENT_USER_AUTHENTICATION: OverHTTP(401, InsufficientUserAuthentication.error, _step_up),
    Code.FORBIDDEN: OverHTTP(403, "access_denied"),
    Code.RATE_LIMITED: OverHTTP(429, "rate_limited", _retry_after),
    Code.TEMPORARILY_UNAVAILABLE: OverHTTP(503, "temporarily_unavailable", _retry_after),
    Code.BAD_USER_INPUT: OverHTTP(400, "invalid_request"),
    Code.BAD_REQUEST: OverHTTP(400, "invalid_request"),
    Code.METHOD_NOT_ALLOWED: OverHTTP(405, "method_not_allowed", _allow),
    Code.NOT_ACCEPTABLE: OverHTTP(406, "not_acceptable"),
    Code.PAYLOAD_TOO_LARGE: OverHTTP(413, "invalid_request"),
    Code.UNSUPPORTED_MEDIA_TYPE: OverHTTP(415, "invalid_request"),
    Code.GRAPHQL_PARSE_FAILED: OverHTTP(400, "invalid_request"),
    Code.GRAPHQL_VALIDATION_FAILED: OverHTTP(400, "invalid_request"),
    Code.OPERATION_RESOLUTION_FAILURE: OverHTTP(400, "invalid_request"),
    Code.DOCUMENT_NOT_FOUND: OverHTTP(400, "invalid_request"),
    Code.DOCUMENT_NOT_TRUSTED: OverHTTP(403, "access_denied"),
    Code.OPERATION_TOO_COMPLEX: OverHTTP(400, "invalid_request"),
    Code.TIMEOUT: OverHTTP(503, "temporarily_unavailable"),
    Code.ANSWER_TOO_LARGE: OverHTTP(400, "invalid_request"),
    Code.INTERNAL_ERROR: OverHTTP(500, "server_error"),
}


def code_of(error: GraphQLFormattedError) -> Code:
    """Return the code of an error that is ready to be sent."""
    return Code(str(error["extensions"]["code"]))


def over_http(error: GraphQLFormattedError) -> tuple[int, dict[str, str]]:
    """Return the status and the headers that an error asks for."""
    row = OVER_HTTP[code_of(error)]
    return row.status, row.headers(error["extensions"])


def in_words_of_rest(error: GraphQLFormattedError) -> dict[str, object]:
    """Return the body of a REST answer: RFC 6749's members, and the field it is about where there is one."""
    row, extensions = OVER_HTTP[code_of(error)], error["extensions"]
    name = row.error if extensions.get("tokenPresented", True) else row.error_without_token
    body: dict[str, object] = {"error": name, "error_description": error["message"]}
    return body | {"field": extensions["field"]} if "field" in extensions else body


def request_error(error: GraphQLError, code: Code) -> GraphQLFormattedError:
    """Return an error of the document or its variables, ready to be sent: graphql-core's words, our code."""
    return error.formatted | GraphQLFormattedError(message=error.message, extensions={"code": str(code)})


def field_error(error: GraphQLError) -> GraphQLFormattedError:
    """Return an error of execution, ready to be sent: ours as it is, Busy in our words, any other masked and logged.

    The log holds the exception and the field's path, never the document or its variables, under the request's id.
    """
    if error.path is None:
        return request_error(error, Code.BAD_USER_INPUT)
    if isinstance(error.original_error, GraphError):
        return error.formatted
    if isinstance(error.original_error, Busy):
        return _in_our_words(error, BUSY, Code.TEMPORARILY_UNAVAILABLE, retryAfter=error.original_error.retry_after)
    log.error("graphql field failed", path=error.path, exc_info=error.original_error)
    request_id = logs.request_id.get()
    message = "Something went wrong here; the request id finds it in our log."
    return _in_our_words(error, message, Code.INTERNAL_ERROR, requestId=request_id)


def _in_our_words(error: GraphQLError, message: str, code: Code, **extensions: object) -> GraphQLFormattedError:
    said = error.formatted
    said["message"], said["extensions"] = message, {"code": str(code)} | extensions
    return said
