"""The client credentials grant (RFC 6749 §4.4): a client in its own name, its own list of scopes, no refresh."""

from oauth_ext import scopes
from oauth_ext.clients.models import GrantType
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import UnauthorizedClient
from oauth_ext.grants.request import TokenRequest
from oauth_ext.resources import services as resources
from oauth_ext.tokens import access_token


def respond(request: TokenRequest) -> dict[str, object]:
    """Return an access token of the client itself; raises the RFC's errors by name."""
    client = request.client(GrantType.CLIENT_CREDENTIALS)
    if client.is_public:
        raise UnauthorizedClient
    proof = request.proof(client)
    scope = request.parameters.get("scope")
    if scope is None:
        granted = scopes.effective(client.default_scopes, client.scopes, None)
    else:
        granted = scopes.granted(scopes.asked(scope, ()), client.scopes, None)
    targets = resources.require(request.parameters.list("resource")) or client.default_resources
    issued = access_token.for_client(client, granted, targets, jkt=dpop.thumbprint(proof))
    dpop.use_once(proof)
    return {
        "access_token": issued.token,
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "scope": " ".join(granted),
    }
