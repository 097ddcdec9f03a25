"""Which client asks (RFC 6749 §4.1.1)."""

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters


def check_client(parameters: Parameters) -> Application:
    """Return the client; raises `InvalidRequest`, for a page."""
    client_id = parameters.require("client_id")
    client = None if "client_id" in parameters.repeated() else clients.find(client_id)
    if client is None:
        raise InvalidRequest("The app that sent you here is not known.")
    return client
