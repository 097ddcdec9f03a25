"""Parameters of specifications that we know and don't support: refused by name, never ignored."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import (
    InvalidRequest,
    OAuthError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
)
from oauth_ext.parameters import Parameters

BY_THEIR_OWN_NAME: dict[str, type[OAuthError]] = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}
# OIDC Core §5.5, RFC 9396: each would promise the client something that it would not get.
OTHERS = ("claims", "authorization_details")


def check_unsupported(parameters: Parameters, _client: Application, _asked: Asked) -> None:
    """Refuse them: with the error of their own that OIDC Core §3.1.2.6 gives three, else `InvalidRequest`."""
    for name, error in BY_THEIR_OWN_NAME.items():
        if name in parameters:
            raise error
    for name in OTHERS:
        if name in parameters:
            raise InvalidRequest(f"The parameter {name} is not supported.")
