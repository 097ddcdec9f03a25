"""A token request, read once (RFC 6749 §3.2)."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

from oauth_ext.clients.rows import ClientRow
from oauth_ext.clients.services import authenticate
from oauth_ext.errors import InvalidRequest, UnauthorizedClient
from oauth_ext.parameters import Parameters, read_form

# Of specifications we know and don't support: refused by name, not ignored.
UNSUPPORTED = ("authorization_details", "actor_token", "subject_token", "assertion", "device_code")


@dataclass(frozen=True)
class TokenRequest:
    """What a grant works on: the form, and the Authorization header as it came."""

    parameters: Parameters
    authorization: str | None

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """Read a request; raises `InvalidRequest`."""
        parameters = read_form(request)
        parameters.refuse_repeated()
        return cls(parameters, request.META.get("HTTP_AUTHORIZATION"))

    def client(self, grant_type: str) -> ClientRow:
        """Authenticate the client; raises `InvalidClient`, and `UnauthorizedClient` where it may not use the grant.

        Before that a parameter that belongs to a grant or an extension which we lack is refused by name; a request for
        such a grant itself has been answered as one, `unsupported_grant_type`.
        """
        for name in UNSUPPORTED:
            if name in self.parameters:
                raise InvalidRequest(f"The parameter {name} is not supported.")
        client = authenticate(self.parameters, self.authorization)
        if grant_type not in client.grant_types:
            raise UnauthorizedClient
        return client
