"""What an access token is worth: signature, type, issuer, audience, and one row that decides."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, Value

from oauth_ext import scopes
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidToken
from oauth_ext.families import rows
from oauth_ext.keys import services as keys
from oauth_ext.keys.errors import InvalidJWT
from oauth_ext.resources.models import Resource
from oauth_ext.resources.services import is_ours
from oauth_ext.tokens import access_token
from oauth_ext.tokens.models import RevokedToken


@dataclass(frozen=True, slots=True)
class Judged:
    """A live access token and whom it speaks for, by the rows as they are now.

    `scopes` are the effective ones. The user's fields are None for a client's own token. `exp`, `iat`, `auth_time`
    are seconds since the epoch. `jkt` is the key that it is bound to, if any. `owned` says whether the client that
    asked owns a resource in `aud`; `sector` is that of a client with pairwise subjects, else empty.
    """

    client_pk: int
    client_id: str
    sub: str
    scopes: tuple[str, ...]
    aud: list[str]
    exp: int
    iat: int
    jti: str
    jkt: str | None = None
    acr: str | None = None
    auth_time: int | None = None
    family_id: uuid.UUID | None = None
    session_pk: int | None = None
    user_pk: int | None = None
    username: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    role_pk: int | None = None
    role: str | None = None
    role_description: str | None = None
    role_scopes: tuple[str, ...] = ()
    owned: bool = False
    sector: str = ""

    @property
    def token_type(self) -> str:
        """How it is presented (RFC 6749 §7.1): a bound one with a proof (RFC 9449 §7.1)."""
        return access_token.type_of(self.jkt)

    def allows(self, *names: str) -> bool:
        """Whether all these scopes are effective."""
        return all(name in self.scopes for name in names)


class Opened(NamedTuple):
    """A token whose signature, type and issuer are ours, and that has not ended by itself; no row was asked yet."""

    claims: Mapping[str, object]
    aud: list[str]
    kid: str

    @property
    def jkt(self) -> str | None:
        """The key that the token is bound to (RFC 9449 §6.1), or None."""
        cnf = self.claims.get("cnf")
        return str(cnf["jkt"]) if isinstance(cnf, dict) else None


def judge(token: str, *, any_audience: bool = False, owner_pk: int | None = None) -> Judged:
    """Say what an access token of ours is, whoever holds it; raises `InvalidToken`, always in the same words.

    Only tokens for `ISSUER_URL`, or a URI below it, count, unless `any_audience`. At most one statement.
    `owner_pk` is the client that asks; `Judged.owned` answers it. Whether who presents a bound token holds its key is
    for `presented.judge_request`.
    """
    return judge_opened(open_token(token, any_audience=any_audience), owner_pk=owner_pk)


def open_token(token: str, *, any_audience: bool = False) -> Opened:
    """Check all that the token itself says; raises `InvalidToken`. No statement, but for keys that are read seldom."""
    try:
        claims, kid = keys.verify(token, typ=access_token.TYPE)
    except InvalidJWT as error:
        raise InvalidToken from error
    named = claims.get("aud")
    aud = [str(uri) for uri in named] if isinstance(named, list) else [str(named)]
    if not any_audience and not any(is_ours(uri) for uri in aud):
        raise InvalidToken
    return Opened(claims, aud, kid)


def judge_opened(opened: Opened, *, owner_pk: int | None = None) -> Judged:
    """Ask the one row that decides; raises `InvalidToken`."""
    return _by_family(opened, owner_pk) if "family" in opened.claims else _by_client(opened, owner_pk)


def _by_family(opened: Opened, owner_pk: int | None) -> Judged:
    claims, aud, kid = opened
    owner = None if owner_pk is None else (owner_pk, aud)
    row = rows.load(uuid.UUID(str(claims["family"])), kid=kid, owner=owner)
    if row is None:
        raise InvalidToken
    names = scopes.effective(_names(claims), row.client_scopes, row.role_scopes)
    auth_time = claims.get("auth_time")
    return Judged(
        client_pk=row.client_pk,
        client_id=row.client_id,
        sub=str(claims["sub"]),
        scopes=tuple(names),
        aud=aud,
        exp=_seconds(claims["exp"]),
        iat=_seconds(claims["iat"]),
        jti=str(claims["jti"]),
        jkt=opened.jkt,
        acr=row.acr or None,
        auth_time=None if auth_time is None else _seconds(auth_time),
        family_id=row.pk,
        session_pk=row.session_pk,
        user_pk=row.user_pk,
        username=row.username,
        email=row.email,
        email_verified=row.email_verified,
        first_name=row.first_name,
        last_name=row.last_name,
        role_pk=row.role_pk,
        role=row.role,
        role_description=row.role_description,
        role_scopes=tuple(row.role_scopes or ()),
        owned=row.owned,
        sector=row.sector_identifier,
    )


def _by_client(opened: Opened, owner_pk: int | None) -> Judged:
    claims, aud, kid = opened
    owned: Exists | Value = Value(value=False)
    if owner_pk is not None:
        owned = Exists(Resource.objects.filter(owner_id=owner_pk, uri__in=aud))
    found = (
        Application.objects.filter(
            keys.trusted(kid),
            ~Exists(RevokedToken.objects.filter(jti=claims["jti"])),
            client_id=claims["client_id"],
            is_active=True,
            epoch=claims["epoch"],
        )
        .annotate(owned=owned)
        .values_list("pk", "client_id", "scopes", "owned")
    )
    for pk, client_id, client_scopes, is_owned in found:
        return Judged(
            client_pk=pk,
            client_id=client_id,
            sub=str(claims["sub"]),
            scopes=tuple(scopes.effective(_names(claims), client_scopes, None)),
            aud=aud,
            exp=_seconds(claims["exp"]),
            iat=_seconds(claims["iat"]),
            jti=str(claims["jti"]),
            jkt=opened.jkt,
            owned=is_owned,
        )
    raise InvalidToken


def _names(claims: Mapping[str, object]) -> list[str]:
    return str(claims.get("scope", "")).split()


def _seconds(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))
