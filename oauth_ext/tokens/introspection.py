"""Introspection (RFC 7662): for the token's client, the owners of resources in its `aud`, and `tokens:introspect`."""

from django.conf import settings

from idp.ops.compiled import Deferred
from oauth_ext import scopes
from oauth_ext.clients.rows import ClientRow
from oauth_ext.counts import services as counts
from oauth_ext.errors import InvalidToken
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.tokens import personal
from oauth_ext.tokens.family_rows import JudgedRow
from oauth_ext.tokens.judging import Judged, Opened, ask, counted, judge, judge_opened, open_token

INACTIVE: dict[str, object] = {"active": False}
ANY_TOKEN = "tokens:introspect"


class Question:
    """What a token is worth to a caller: the token is opened before the caller is known, its row read with theirs."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._opened: Opened | None = None
        self._is_refused = False
        self._asked: Deferred[JudgedRow] | None = None

    def ask(self, client_id: str) -> Deferred[JudgedRow] | None:
        """Return what is to be read together with the client that is asking, of which nothing is proved yet."""
        if refresh_token.is_meant(self._token) or personal.is_meant(self._token):
            return None
        try:
            self._opened = open_token(self._token, any_audience=True)
        except InvalidToken:
            self._is_refused = True
            return None
        self._asked = ask(self._opened, owner=client_id)
        return self._asked

    def answer(self, caller: ClientRow) -> dict[str, object]:
        """Return what the token is worth; for whom it doesn't concern, and for what is not live, `INACTIVE`."""
        if refresh_token.is_meant(self._token):
            return _refresh(self._token, caller)
        try:
            judged = self._judged(caller)
        except InvalidToken:
            return INACTIVE
        if not (judged.client_pk == caller.pk or judged.owned or _may_ask_of_any(caller)):
            return INACTIVE
        return _access(judged)

    def _judged(self, caller: ClientRow) -> Judged:
        if self._is_refused:
            raise InvalidToken
        if self._opened is None:
            return judge(self._token, any_audience=True, owner=caller.client_id)
        return counted(judge_opened(self._opened, owner=caller.client_id, asked=self._asked))


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
    found = families.find(families.ask(token), caller)
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
