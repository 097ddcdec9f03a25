"""What the codes of refused requests and fields mean, in a sentence each."""

from typing import Final

from graph.errors import Code

MEANINGS: Final = {
    Code.UNAUTHENTICATED: "There is no access token, or one that is not good.",
    Code.INVALID_DPOP_PROOF: "The token is bound to a key, and the proof that came with it doesn't do.",
    Code.USE_DPOP_NONCE: "The proof needs the nonce that comes in the header `DPoP-Nonce`.",
    Code.INSUFFICIENT_SCOPE: "The token lacks a scope; `requiredScopes` names those each of which would do.",
    Code.INSUFFICIENT_USER_AUTHENTICATION: "The person has to sign in again first, at most `maxAge` seconds ago.",
    Code.FORBIDDEN: "It is about somebody else.",
    Code.RATE_LIMITED: "Too much, too fast; `retryAfter` is how many seconds to wait.",
    Code.TEMPORARILY_UNAVAILABLE: "Too many passwords are being checked; `retryAfter` is how many seconds to wait.",
    Code.BAD_USER_INPUT: "An argument or variable is not as it should be; `field` names it where it can.",
    Code.BAD_REQUEST: "The body is not a GraphQL request.",
    Code.METHOD_NOT_ALLOWED: "Only `POST` is answered.",
    Code.NOT_ACCEPTABLE: "Neither of the media types that are answered is accepted.",
    Code.PAYLOAD_TOO_LARGE: "The body is too large.",
    Code.UNSUPPORTED_MEDIA_TYPE: "The body is not `application/json`.",
    Code.GRAPHQL_PARSE_FAILED: "The document is not GraphQL.",
    Code.GRAPHQL_VALIDATION_FAILED: "The document doesn't fit the schema.",
    Code.OPERATION_RESOLUTION_FAILURE: "It isn't clear which of the document's operations is meant.",
    Code.DOCUMENT_NOT_FOUND: "No document of this `documentId` is known.",
    Code.DOCUMENT_NOT_TRUSTED: "A client in a browser sent a document instead of the `documentId` of a trusted one.",
    Code.OPERATION_TOO_COMPLEX: "It asks for too much at once: too deep, too wide, or too dear.",
    Code.TIMEOUT: "It took too long.",
    Code.ANSWER_TOO_LARGE: "The answer would be too large.",
    Code.INTERNAL_ERROR: "Our fault; `requestId` finds it in the log.",
}


def meaning(code: Code) -> str:
    """Return the sentence; raises `LookupError` for a code that has none yet."""
    if code not in MEANINGS:
        raise LookupError(f"graph.reference.codes has no sentence for {code}")
    return MEANINGS[code]
