"""Our grants as oauthlib's server wants them: one adapter, so that each grant is one function."""

from collections.abc import Callable
from typing import cast

import orjson
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from oauthlib.oauth2.rfc6749.tokens import TokenBase
from typing_extensions import override

from oauth_ext.clients.models import GrantType
from oauth_ext.errors import InvalidRequest, UnsupportedGrantType
from oauth_ext.grants import authorization_code, client_credentials, device_code, refresh_token, token_exchange
from oauth_ext.grants.request import TokenRequest

Grant = Callable[[TokenRequest], dict[str, object]]
UNSUPPORTED = "unsupported"


class GrantHandler(GrantTypeBase):
    """Runs one grant; what it raises goes up to the view."""

    def __init__(self, grant: Grant) -> None:
        """Keep the grant."""
        super().__init__()
        self.grant = grant

    @override
    def create_token_response(self, request: Request, token_handler: TokenBase) -> tuple[dict[str, str], str, int]:
        """Return headers (the view sets them), JSON and status of the grant's answer."""
        token_request = cast("TokenRequest", request.extra_credentials)
        return {}, orjson.dumps(self.grant(token_request)).decode(), 200


def _missing(_: TokenRequest) -> dict[str, object]:
    raise InvalidRequest("The parameter grant_type is missing.")


def _unsupported(_: TokenRequest) -> dict[str, object]:
    raise UnsupportedGrantType


GRANTS: dict[str, Grant] = {
    GrantType.AUTHORIZATION_CODE.value: authorization_code.respond,
    GrantType.REFRESH_TOKEN.value: refresh_token.respond,
    GrantType.CLIENT_CREDENTIALS.value: client_credentials.respond,
    GrantType.DEVICE_CODE.value: device_code.respond,
    GrantType.TOKEN_EXCHANGE.value: token_exchange.respond,
}


def handlers() -> dict[str, GrantHandler]:
    """Return the handlers by `grant_type`; the empty name is for a request without one."""
    return {name: GrantHandler(grant) for name, grant in (GRANTS | {"": _missing, UNSUPPORTED: _unsupported}).items()}
