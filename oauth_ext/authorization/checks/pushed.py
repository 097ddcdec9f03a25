"""Whether the client may bring its request by way of the browser (RFC 9126 §5, §6)."""

from django.conf import settings

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters


def check_pushed(_parameters: Parameters, client: Application, _asked: Asked) -> None:
    """Refuse a request that was not pushed, where this client or every client has to."""
    if settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS or client.require_pushed_authorization_requests:
        raise InvalidRequest("The client must push its authorization requests first (RFC 9126).")
