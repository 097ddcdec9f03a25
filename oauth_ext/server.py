"""oauthlib's server with our grants in it, and DOT's core that hands requests to it: what `/o/token/` runs through."""

import orjson
from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.oauth2 import RequestValidator, TokenEndpoint
from typing_extensions import override

from oauth_ext.grants import handler
from oauth_ext.grants.request import TokenRequest


class Server(TokenEndpoint):
    """The token endpoint with our grants (`OAUTH2_SERVER_CLASS`); DOT's settings for tokens don't reach it."""

    def __init__(self, request_validator: RequestValidator, **_: object) -> None:
        """Take what DOT passes; only the validator is kept."""
        self.request_validator = request_validator
        super().__init__(default_grant_type="", default_token_type="Bearer", grant_types={})

    def answer(self, request: TokenRequest) -> str:
        """Return the JSON of the grant's answer, without oauthlib's own request: all would be read a second time."""
        return orjson.dumps(handler.respond(request)).decode()


class Core(OAuthLibCore):
    """Hands a request to the server without copying it (`OAUTH2_BACKEND_CLASS`)."""

    @override
    def create_token_response(self, request: HttpRequest) -> tuple[None, dict[str, str], str, int]:
        """Read the request once and let the grant answer; `OAuthError` goes up to the view."""
        return None, {}, self.server.answer(TokenRequest.read(request)), 200
