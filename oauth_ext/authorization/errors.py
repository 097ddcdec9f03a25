"""How an authorization request is refused: on a page of ours, or by an answer to the client."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest, OAuthError


class Refused(Exception):
    """A refusal that goes to the client's redirect URI, which is known to be good (RFC 6749 §4.1.2.1).

    Any other `OAuthError` of this room stays with the person, on a page.
    """

    def __init__(self, error: OAuthError, client: Application, asked: Asked) -> None:
        """Keep the error and where it goes."""
        self.error = error
        self.client = client
        self.asked = asked
        super().__init__(error.error)


class RequestGone(InvalidRequest):
    """The request is unknown, has ended, was answered, or is another sign-in's: one wording for all."""

    default_description = (
        "This sign-in has ended, was already answered, or was begun in another browser. "
        "Go back to the app and start again."
    )
