"""A token request, read once (RFC 6749 §3.2)."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

from idp.ops.compiled import Deferred
from idp.ratelimit.addresses import client_address
from oauth_ext.clients.rows import ClientRow
from oauth_ext.clients.services import authenticate
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import InvalidDPoPProof, InvalidRequest, UnauthorizedClient
from oauth_ext.parameters import Parameters, read_form

# Of specifications we know and don't support: refused by name, not ignored.
UNSUPPORTED = ("authorization_details", "assertion")


@dataclass(frozen=True)
class TokenRequest:
    """What a grant works on: the form, the Authorization header as it came, and the request itself."""

    parameters: Parameters
    authorization: str | None
    http: HttpRequest

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """Read a request; raises `InvalidRequest`."""
        parameters = read_form(request)
        parameters.refuse_repeated()
        return cls(parameters, request.META.get("HTTP_AUTHORIZATION"), request)

    @property
    def address(self) -> str:
        """From where it came, as limits count it."""
        return client_address(self.http)

    def client(self, grant_type: str, *, along: Deferred[object] | None = None) -> ClientRow:
        """Authenticate the client; raises `InvalidClient`, and `UnauthorizedClient` where it may not use the grant.

        `along` is read in the same statement.

        Before that a parameter that belongs to a grant or an extension which we lack is refused by name; a request for
        such a grant itself has been answered as one, `unsupported_grant_type`.
        """
        for name in UNSUPPORTED:
            if name in self.parameters:
                raise InvalidRequest(f"The parameter {name} is not supported.")
        client = authenticate(self.parameters, self.authorization, ask=lambda _client_id: along)
        if grant_type not in client.grant_types:
            raise UnauthorizedClient
        return client

    def proof(self, client: ClientRow) -> dpop.Proof | None:
        """Judge the request's DPoP proof, if it brings one; what the grant issues is bound to its key (RFC 9449 §5).

        Raises `InvalidDPoPProof` and `UseDPoPNonce`; the first also for a client that always has to bring one (§5.2).
        """
        proof = dpop.judge(dpop.Call.of(self.http))
        if proof is None and client.dpop_bound_access_tokens:
            raise InvalidDPoPProof
        return proof
