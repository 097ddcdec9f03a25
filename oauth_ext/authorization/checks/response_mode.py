"""The answer is in the query of the redirect URI, and nowhere else (OAuth 2.0 Multiple Response Types §2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters


def check_response_mode(parameters: Parameters, _client: Application, _asked: Asked) -> None:
    """Refuse every response mode but `query`, which is also what no mode means."""
    if parameters.get("response_mode") not in {None, "query"}:
        raise InvalidRequest("Only response_mode=query is supported.")
