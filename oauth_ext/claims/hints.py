"""An ID token given back to us as `id_token_hint` (OIDC Core §3.1.2.1, RP-Initiated Logout §2)."""

from dataclasses import dataclass

from oauth_ext.errors import InvalidRequest
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import SigningKey


@dataclass(frozen=True)
class Hint:
    """What an ID token of ours says: for which client, who, and in which of the client's sessions."""

    client_id: str
    sub: str
    sid: str | None


def read(token: str) -> Hint:
    """Return what a genuine ID token says, expired or not; raises `InvalidRequest` for anything else."""
    try:
        verified = keys.verify(token, typ="JWT", allow_expired=True)
    except keys.InvalidJWT as error:
        raise InvalidRequest("The parameter id_token_hint is not an ID token of ours.") from error
    client_id, sub, sid = (verified.claims.get(name) for name in ("aud", "sub", "sid"))
    trusted = SigningKey.objects.filter(keys.trusted(verified.kid), kid=verified.kid).exists()
    if not trusted or not isinstance(client_id, str) or not isinstance(sub, str):
        raise InvalidRequest("The parameter id_token_hint is not an ID token of ours.")
    return Hint(client_id, sub, sid if isinstance(sid, str) else None)
