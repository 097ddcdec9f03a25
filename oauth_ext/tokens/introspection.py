"""Introspection (RFC 7662): for the token's client, the owners of resources in its `aud`, and `tokens:introspect`."""

from django.conf import settings

from oauth_ext import scopes
from oauth_ext.clients.rows import ClientRow
from oauth_ext.counts import services as counts
from oauth_ext.errors import InvalidToken
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.tokens.judging import Judged, judge

INACTIVE: dict[str, object] = {"active": False}
ANY_TOKEN = "tokens:introspect"


def introspect(token: str, caller: ClientRow) -> dict[str, object]:
    """Return what a token is worth to this caller; for all others, and for all that is not live, `INACTIVE`."""
    if token.startswith(f"{refresh_token.VERSION}."):
        return _refresh(token, caller)
    try:
        judged = judge(token, any_audience=True, owner_pk=caller.pk)
    except InvalidToken:
        return INACTIVE
    if not (judged.client_pk == caller.pk or judged.owned or _may_ask_of_any(caller)):
        return INACTIVE
    return _access(judged)


def _may_ask_of_any(caller: ClientRow) -> bool:
    return not caller.is_public and ANY_TOKEN in caller.scopes


def _access(judged: Judged) -> dict[str, object]:
    answer: dict[str, object] = {
        "active": True,
        "token_type": judged.token_type,
        "iss": settings.ISSUER_URL,
        "sub": judged.sub,
        "aud": judged.aud[0] if len(judged.aud) == 1 else judged.aud,
        "client_id": judged.client_id,
        "scope": " ".join(judged.scopes),
        "exp": judged.exp,
        "iat": judged.iat,
        "jti": judged.jti,
    }
    if judged.jkt is not None:
        answer["cnf"] = {"jkt": judged.jkt}
    if judged.auth_time is not None:
        answer |= {"auth_time": judged.auth_time, "acr": judged.acr}
    if judged.act is not None:
        answer["act"] = judged.act
    if judged.username is not None and judged.allows("profile"):
        answer["username"] = judged.username
    return answer


def _refresh(token: str, caller: ClientRow) -> dict[str, object]:
    """Tell a client of its own refresh token; asking is not presenting, so an old one is just not active."""
    found = families.find(token, caller)
    if found is None or not found.is_current:
        return INACTIVE
    row = found.row
    counts.checked(row.client_pk)
    names = scopes.effective(row.scopes, row.client_scopes, row.role_scopes)
    answer: dict[str, object] = {
        "active": True,
        "iss": settings.ISSUER_URL,
        "client_id": row.client_id,
        "scope": " ".join(names),
        "exp": int(row.expires_at.timestamp()),
    }
    return answer | ({"cnf": {"jkt": row.jkt}} if row.jkt else {})
