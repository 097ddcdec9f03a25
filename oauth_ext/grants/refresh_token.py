"""The refresh token grant (RFC 6749 §6): the family's row decides, its turn is claimed last."""

from oauth_ext import scopes
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.models import GrantType
from oauth_ext.counts import services as counts
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import InvalidGrant
from oauth_ext.families import services as families
from oauth_ext.grants.request import TokenRequest
from oauth_ext.resources import services as resources
from oauth_ext.tokens import access_token


def respond(request: TokenRequest) -> dict[str, object]:
    """Return a fresh access token and the successor; raises the RFC's errors by name.

    Scope and resource may be narrowed for this access token, never widened; the family keeps what was granted.
    """
    presented = families.ask(request.parameters.get("refresh_token") or "")
    client = request.client(GrantType.REFRESH_TOKEN, along=presented.family if presented else None)
    token = request.parameters.require("refresh_token")
    scope, asked = request.parameters.get("scope"), request.parameters.list("resource")
    proof = request.proof(client)
    turning = families.Turning(families.request_digest(scope, asked), dpop.thumbprint(proof))

    found = families.present(presented, client, turning)
    row = found.row
    # a token of nobody's is got by its own grant again, not by refreshing
    if row.user_pk is None or row.user_sub is None:
        raise InvalidGrant
    names = scopes.narrowed(scope, row.scopes)
    targets = resources.narrow(asked, row.resources)

    effective = scopes.effective(names, row.client_scopes, row.role_scopes)
    subject = access_token.Subject(sub_for(client, row.user_pk, row.user_sub), row.pk, row.auth_time, row.acr)
    issued = access_token.for_user(client, subject, effective, targets, jkt=turning.jkt)
    dpop.use_once(proof)
    successor = families.turn(token, client, found, turning)
    counts.refreshed(client.pk)
    return {
        "access_token": issued.token,
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "scope": " ".join(effective),
        "refresh_token": successor,
    }
