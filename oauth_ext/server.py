"""What `/o/token/` runs through: DOT's core hands the request to a server, and ours lets the grant answer."""

import orjson
from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore
from typing_extensions import override

from oauth_ext.grants import handler
from oauth_ext.grants.request import TokenRequest


class Server:
    """Our grants in place of oauthlib's (`OAUTH2_SERVER_CLASS`), whose own request would be read a second time."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what DOT passes, its validator and its settings for tokens; nothing of it is asked."""

    def answer(self, request: TokenRequest) -> str:
        """Return the JSON of the grant's answer; `OAuthError` goes up to the view."""
        return orjson.dumps(handler.respond(request)).decode()


class Core(OAuthLibCore):
    """Hands a request to the server without copying it (`OAUTH2_BACKEND_CLASS`)."""

    @override
    def create_token_response(self, request: HttpRequest) -> tuple[None, dict[str, str], str, int]:
        """Read the request once and let the grant answer."""
        return None, {}, self.server.answer(TokenRequest.read(request)), 200
