"""An ID token given back to us as `id_token_hint` (OIDC Core §3.1.2.1, RP-Initiated Logout §2)."""

from dataclasses import dataclass

from django.conf import settings

from oauth_ext.errors import InvalidRequest
from oauth_ext.keys import services as keys


@dataclass(frozen=True)
class Hint:
    """What an ID token of ours says: for which client, who, and in which of the client's sessions."""

    client_id: str
    sub: str
    sid: str | None


def read(token: str) -> Hint:
    """Return what a genuine ID token says, expired or not; raises `InvalidRequest` for anything else."""
    try:
        claims = keys.verify(token, typ="JWT")
    except keys.InvalidSignature as error:
        raise InvalidRequest("The parameter id_token_hint is not an ID token of ours.") from error
    client_id, sub, sid = claims.get("aud"), claims.get("sub"), claims.get("sid")
    if claims.get("iss") != settings.ISSUER_URL or not isinstance(client_id, str) or not isinstance(sub, str):
        raise InvalidRequest("The parameter id_token_hint is not an ID token of ours.")
    return Hint(client_id, sub, sid if isinstance(sid, str) else None)
