"""What is switched on: the one table from which every discovery document is written.

Where a room already keeps a list of what it does, the table takes that list; nothing is said here that isn't done.
"""

from typing import Final

from django.conf import settings

from idp.users import acr
from oauth_ext.authorization.checks.prompt import prompts
from oauth_ext.claims.services import BY_SCOPE
from oauth_ext.clients import assertion
from oauth_ext.clients.models import AuthMethod, ResponseMode, SubjectType
from oauth_ext.dpop.algorithms import ALGORITHMS
from oauth_ext.grants.handler import GRANTS
from oauth_ext.keys.models import SigningAlgorithm

__all__ = [
    "ACR_VALUES",
    "AUTH_METHODS",
    "AUTH_SIGNING_ALGORITHMS",
    "BACKCHANNEL_LOGOUT",
    "CLAIMS",
    "CODE_CHALLENGE_METHODS",
    "DPOP_ALGORITHMS",
    "ENDPOINTS",
    "GRANT_TYPES",
    "ID_TOKEN_ALGORITHMS",
    "NOT_SUPPORTED",
    "RESPONSE_MODES",
    "RESPONSE_TYPES",
    "SUBJECT_TYPES",
    "endpoints",
    "prompts",
]

# Metadata name (RFC 8414 §2, RFC 8628 §4, RFC 9126 §5, OIDC Discovery §3, OIDC RP-Initiated Logout §2.1) and route
ENDPOINTS: Final = {
    "authorization_endpoint": "authorize",
    "pushed_authorization_request_endpoint": "pushed-authorization-request",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "revocation_endpoint": "revoke_token",
    "introspection_endpoint": "introspect",
    "device_authorization_endpoint": "device-authorization",
    "end_session_endpoint": "rp-initiated-logout",
    "jwks_uri": "jwks",
}
# Where somebody may register at all (RFC 7591 §3)
REGISTRATION_ENDPOINT: Final = {"registration_endpoint": "register"}
GRANT_TYPES: Final = tuple(GRANTS)
RESPONSE_TYPES: Final = ("code",)
RESPONSE_MODES: Final = tuple(ResponseMode.values)
CODE_CHALLENGE_METHODS: Final = ("S256",)
# At the token endpoint, and for revocation and introspection
AUTH_METHODS: Final = tuple(AuthMethod.values)
AUTH_SIGNING_ALGORITHMS: Final = assertion.ALGORITHMS
ID_TOKEN_ALGORITHMS: Final = tuple(SigningAlgorithm.values)
SUBJECT_TYPES: Final = tuple(SubjectType.values)
# Of proofs (RFC 9449 §5.1), at the token endpoint and at our own API
DPOP_ALGORITHMS: Final = tuple(ALGORITHMS)
ACR_VALUES: Final = acr.ACR_VALUES
# OIDC Back-Channel Logout §2.1: clients are told, and always by `sid`
BACKCHANNEL_LOGOUT: Final = ("backchannel_logout_supported", "backchannel_logout_session_supported")
CLAIMS: Final = (
    *("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"),
    *(claim for claims in BY_SCOPE.values() for claim in claims),
)
# What a client might count on unless it is told otherwise: each is refused by name
NOT_SUPPORTED: Final = (
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
)


def endpoints() -> dict[str, str]:
    """Return metadata names and routes of the endpoints that are there, as the deployment is set up."""
    return ENDPOINTS if settings.DYNAMIC_REGISTRATION == "off" else ENDPOINTS | REGISTRATION_ENDPOINT
