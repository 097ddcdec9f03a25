"""The grants by their names: each is one function."""

from collections.abc import Callable

from oauth_ext.clients.models import GrantType
from oauth_ext.errors import UnsupportedGrantType
from oauth_ext.grants import authorization_code, client_credentials, device_code, refresh_token, token_exchange
from oauth_ext.grants.request import TokenRequest

Grant = Callable[[TokenRequest], dict[str, object]]


GRANTS: dict[str, Grant] = {
    GrantType.AUTHORIZATION_CODE.value: authorization_code.respond,
    GrantType.REFRESH_TOKEN.value: refresh_token.respond,
    GrantType.CLIENT_CREDENTIALS.value: client_credentials.respond,
    GrantType.DEVICE_CODE.value: device_code.respond,
    GrantType.TOKEN_EXCHANGE.value: token_exchange.respond,
}


def respond(request: TokenRequest) -> dict[str, object]:
    """Return what the grant answers that a request names; what it raises goes up to the view."""
    grant = GRANTS.get(request.parameters.require("grant_type"))
    if grant is None:
        raise UnsupportedGrantType
    return grant(request)
