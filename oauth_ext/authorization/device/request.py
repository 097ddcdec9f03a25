"""The device authorization request (RFC 8628 §3.1), judged as an authorization request is, and its answer (§3.2)."""

from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from oauth_ext import scopes
from oauth_ext.authorization.device import limits, services, user_codes
from oauth_ext.clients.models import GrantType
from oauth_ext.errors import InvalidRequest
from oauth_ext.grants.request import TokenRequest
from oauth_ext.resources import services as resources

# What other requests for authorization know and this one doesn't: ignored, the client would count on it.
UNSUPPORTED: Final = ("claims", "code_challenge", "dpop_jkt")


def respond(request: TokenRequest, *, address: str, origin: str) -> dict[str, object]:
    """Keep the request and return its answer; raises the RFC's errors by name.

    The client authenticates as at the token endpoint. `origin` is the network that it asks from, to be shown;
    `address` is counted.
    """
    client = request.client(GrantType.DEVICE_CODE)
    for name in UNSUPPORTED:
        if name in request.parameters:
            raise InvalidRequest(f"The parameter {name} is not supported.")
    asked = scopes.asked(request.parameters.get("scope"), client.default_scopes)
    targets = resources.require(request.parameters.list("resource")) or client.default_resources
    limits.count_request(client.client_id, address)
    codes = services.begin(client, asked, targets, origin)
    uri, user_code = settings.ISSUER_URL + reverse("device"), user_codes.shown(codes.user_code)
    return {
        "device_code": codes.device_code,
        "user_code": user_code,
        "verification_uri": uri,
        "verification_uri_complete": f"{uri}?{urlencode({'user_code': user_code})}",
        "expires_in": settings.DEVICE_CODE_EXPIRE_SECONDS,
        "interval": settings.DEVICE_POLL_SECONDS,
    }
