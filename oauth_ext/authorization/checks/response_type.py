"""Only a code goes through the browser: no implicit and no hybrid answer (RFC 9700 §2.1.2)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import UnsupportedResponseType
from oauth_ext.parameters import Parameters


def check_response_type(parameters: Parameters, _client: Application, _asked: Asked) -> None:
    """Refuse every response type but `code`, and none (RFC 6749 §3.1.1)."""
    if parameters.require("response_type") != "code":
        raise UnsupportedResponseType
