"""What ties the ID token to the client's session (OIDC Core §3.1.2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

MAX_CHARACTERS = 512  # the column's width


def check_nonce(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the nonce, to be echoed as it is."""
    nonce = parameters.get("nonce") or ""
    if len(nonce) > MAX_CHARACTERS:
        raise InvalidRequest(f"The parameter nonce is longer than {MAX_CHARACTERS} characters.")
    asked.nonce = nonce
