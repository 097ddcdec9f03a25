"""No parameter stands twice, but for `resource` and `audience` (RFC 6749 §3.1, RFC 8707 §2)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.parameters import Parameters


def check_repeated(parameters: Parameters, _client: Application, _asked: Asked) -> None:
    """Refuse repeated parameters, those we don't know too."""
    parameters.refuse_repeated()
