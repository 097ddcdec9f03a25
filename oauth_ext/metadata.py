"""The discovery documents, written from `capabilities`: who we are is configured, never taken from a request."""

from functools import cache

import orjson
from django.conf import settings
from django.urls import reverse

from oauth_ext import capabilities, scopes

# Endpoints at which clients authenticate, as the names of RFC 8414 §2 begin
AUTHENTICATED = ("token_endpoint", "revocation_endpoint", "introspection_endpoint")


@cache
def authorization_server(issuer: str) -> bytes:
    """Return the metadata of the authorization server as JSON (RFC 8414 §2, OIDC Discovery §3): one document for both.

    With what RFC 9207 §3 (`iss` in responses), RFC 9126 §5 (PAR), RFC 9449 §5.1 (DPoP), RFC 7591 §3 (registration), the
    draft of client-id metadata documents (§5), OIDC RP-Initiated Logout and Back-Channel Logout add.
    """
    document: dict[str, object] = {
        "issuer": issuer,
        **{name: issuer + reverse(route) for name, route in capabilities.endpoints().items()},
        "scopes_supported": list(scopes.catalogue()),
        "response_types_supported": capabilities.RESPONSE_TYPES,
        "response_modes_supported": capabilities.RESPONSE_MODES,
        "grant_types_supported": capabilities.GRANT_TYPES,
        "code_challenge_methods_supported": capabilities.CODE_CHALLENGE_METHODS,
        **{f"{name}_auth_methods_supported": capabilities.AUTH_METHODS for name in AUTHENTICATED},
        **{f"{name}_auth_signing_alg_values_supported": capabilities.AUTH_SIGNING_ALGORITHMS for name in AUTHENTICATED},
        "dpop_signing_alg_values_supported": capabilities.DPOP_ALGORITHMS,
        "client_id_metadata_document_supported": settings.CLIENT_ID_METADATA_DOCUMENTS,
        "require_pushed_authorization_requests": settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS,
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": capabilities.prompts(),
        "ui_locales_supported": [code for code, _ in settings.LANGUAGES],
        "acr_values_supported": capabilities.ACR_VALUES,
        "subject_types_supported": capabilities.SUBJECT_TYPES,
        "id_token_signing_alg_values_supported": capabilities.ID_TOKEN_ALGORITHMS,
        "claim_types_supported": ("normal",),
        "claims_supported": capabilities.CLAIMS,
        **dict.fromkeys(capabilities.BACKCHANNEL_LOGOUT, True),
        **dict.fromkeys(capabilities.NOT_SUPPORTED, False),
    }
    return orjson.dumps(document)


@cache
def protected_resource(issuer: str, path: str = "") -> bytes:
    """Return the metadata of our own API, whole or of the part at `path`, as JSON (RFC 9728 §2)."""
    return orjson.dumps(
        {
            "resource": issuer + path,
            "authorization_servers": [issuer],
            "scopes_supported": list(scopes.catalogue()),
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": capabilities.DPOP_ALGORITHMS,
        }
    )
