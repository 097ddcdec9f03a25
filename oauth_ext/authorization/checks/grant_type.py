"""Whether the client may ask for codes at all (RFC 6749 §4.1.2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application, GrantType
from oauth_ext.errors import UnauthorizedClient
from oauth_ext.parameters import Parameters


def check_grant_type(_parameters: Parameters, client: Application, _asked: Asked) -> None:
    """Refuse a client that is registered without the code grant."""
    if not client.allows_grant_type(GrantType.AUTHORIZATION_CODE):
        raise UnauthorizedClient
