"""What an access token is worth: signature, type, issuer, audience, and one row that decides."""

import uuid
from collections.abc import Mapping
from typing import NamedTuple, cast

from django.conf import settings
from django.db.models import Exists, Value
from django.utils import timezone

from idp.ops.compiled import Deferred
from oauth_ext import scopes
from oauth_ext.clients.models import Application
from oauth_ext.counts import services as counts
from oauth_ext.errors import InvalidToken
from oauth_ext.keys import services as keys
from oauth_ext.keys.errors import InvalidJWT
from oauth_ext.resources.models import Resource
from oauth_ext.resources.services import is_ours
from oauth_ext.tokens import access_token, chain, chain_rows, family_rows, personal
from oauth_ext.tokens.chain import Link
from oauth_ext.tokens.chain_rows import Behind, Chained
from oauth_ext.tokens.family_rows import JudgedRow


class Judged(NamedTuple):
    """A live access token and whom it speaks for, by the rows as they are now.

    `scopes` are the effective ones. The user's fields are None for a client's own token. `exp`, `iat`, `auth_time`
    are seconds since the epoch. `jkt` is the key that it is bound to, if any. `owned` says whether the client that
    asked owns a resource in `aud`; `sector` is that of a client with pairwise subjects, else empty. Of a token got by
    exchange `client_id` is who exchanged last, `act` who acts (RFC 8693 §4.1) and `chain` how it came to be;
    `client_epoch` is what a token without a family hangs on. `personal` is one that a person made for their programs.
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
    client_epoch: int | None = None
    user_pk: int | None = None
    user_sub: uuid.UUID | None = None
    username: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    role_pk: int | None = None
    role: str | None = None
    role_description: str | None = None
    role_scopes: tuple[str, ...] = ()
    role_minimum_acr: str | None = None
    owned: bool = False
    sector: str = ""
    act: Mapping[str, object] | None = None
    chain: tuple[Link, ...] = ()
    personal: bool = False

    @property
    def token_type(self) -> str:
        """How it is presented (RFC 6749 §7.1): a bound one with a proof (RFC 9449 §7.1)."""
        return access_token.type_of(self.jkt)

    def allows(self, *names: str) -> bool:
        """Whether all these scopes are effective."""
        return not set(names).difference(self.scopes)


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


def judge(token: str, *, any_audience: bool = False, owner: str | None = None) -> Judged:
    """Say what an access token of ours is, whoever holds it; raises `InvalidToken`, always in the same words.

    Only tokens for `ISSUER_URL`, or a URI below it, count, unless `any_audience`. At most one statement.
    `owner` is the `client_id` of the client that asks; `Judged.owned` answers it. Whether who presents a
    bound token holds its key is for `presented.judge_request`.
    """
    if personal.is_meant(token):
        return counted(_by_person(token))
    return counted(judge_opened(open_token(token, any_audience=any_audience), owner=owner))


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


def judge_opened(opened: Opened, *, owner: str | None = None, asked: Deferred[JudgedRow] | None = None) -> Judged:
    """Ask the one row that decides; raises `InvalidToken`. It isn't counted: whoever asks may refuse it still.

    `asked` is what `ask` returned for the token, and for the same `owner`.
    """
    if asked is not None:
        return _of_row(opened, asked.row())
    return _by_family(opened, owner) if "family" in opened.claims else _by_client(opened, owner)


def ask(opened: Opened, *, owner: str) -> Deferred[JudgedRow] | None:
    """Return the question for the row that decides, to be asked with another; None where it stands by itself."""
    if "family" not in opened.claims or chain.read(opened.claims):
        return None
    return _ask_family(opened, owner)


def counted(judged: Judged) -> Judged:
    """Count a check that found a token good, and return the token."""
    counts.checked(judged.client_pk)
    return judged


def _by_family(opened: Opened, owner: str | None) -> Judged:
    claims, aud, kid = opened
    links = chain.read(claims)
    if not links:
        return _of_row(opened, _ask_family(opened, owner).row())
    chained = Chained.of(links, str(claims["jti"]))
    found = chain_rows.load(_family(claims), chained, kid=kid, owner=None if owner is None else (owner, aud))
    if found is None:
        raise InvalidToken
    row, behind = found
    return _chained(_of_row(opened, row), claims, links, behind)


def _ask_family(opened: Opened, owner: str | None) -> Deferred[JudgedRow]:
    owned_by = None if owner is None else (owner, opened.aud)
    return family_rows.ask(_family(opened.claims), kid=opened.kid, owner=owned_by)


def _family(claims: Mapping[str, object]) -> uuid.UUID:
    return uuid.UUID(str(claims["family"]))


def _of_row(opened: Opened, row: JudgedRow | None) -> Judged:
    claims, aud = opened.claims, opened.aud
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
        user_sub=row.user_sub,
        username=row.username,
        email=row.email,
        email_verified=row.email_verified,
        first_name=row.first_name,
        last_name=row.last_name,
        role_pk=row.role_pk,
        role=row.role,
        role_description=row.role_description,
        role_scopes=tuple(row.role_scopes or ()),
        role_minimum_acr=row.role_minimum_acr or None,
        owned=row.owned,
        sector=row.sector_identifier,
    )


def _by_person(token: str) -> Judged:
    """Judge a token that somebody made for themselves: for our own API alone, and never from a recent sign-in."""
    presented = personal.take_apart(token)
    found = family_rows.load_personal(presented.family) if presented else None
    if presented is None or found is None or not personal.is_genuine(presented, found[1].digest):
        raise InvalidToken
    row, kept = found
    claims: dict[str, object] = {
        "sub": str(row.user_sub),
        "scope": " ".join(kept.scopes),
        "exp": int(kept.expires_at.timestamp()),
        "iat": int(kept.made_at.timestamp()),
        "jti": str(row.pk),
    }
    return _of_row(Opened(claims, [settings.ISSUER_URL], ""), row)._replace(personal=True)


def _by_client(opened: Opened, owner: str | None) -> Judged:
    """Judge a client's own token, or one that was exchanged for it: `sub` is the client that it hangs on in both."""
    claims, aud, kid = opened
    owned: Exists | Value = Value(value=False)
    if owner is not None:
        owned = Exists(Resource.objects.filter(owner__client_id=owner, uri__in=aud))
    links = chain.read(claims)
    chained = Chained.of(links, str(claims["jti"]))
    found = Application.objects.filter(
        keys.trusted(kid), client_id=claims["sub"], is_active=True, epoch=claims["epoch"]
    ).annotate(owned=owned)
    found = chain_rows.with_chain(found, chained, timezone.now(), settings.ISSUER_URL)
    columns = chain_rows.columns(chained)
    for pk, client_id, client_scopes, client_epoch, is_owned, *stands in found.values_list(
        "pk", "client_id", "scopes", "epoch", "owned", *columns
    ):
        judged = Judged(
            client_pk=pk,
            client_id=client_id,
            sub=str(claims["sub"]),
            scopes=tuple(scopes.effective(_names(claims), client_scopes, None)),
            aud=aud,
            exp=_seconds(claims["exp"]),
            iat=_seconds(claims["iat"]),
            jti=str(claims["jti"]),
            jkt=opened.jkt,
            client_epoch=client_epoch,
            owned=is_owned,
        )
        return _chained(judged, claims, links, chain_rows.behind(stands, chained)) if links else judged
    raise InvalidToken


def _chained(judged: Judged, claims: Mapping[str, object], links: tuple[Link, ...], behind: Behind | None) -> Judged:
    """Bound what was exchanged by everybody it went through; the client is the last of them."""
    if behind is None:
        raise InvalidToken
    return judged._replace(
        client_pk=behind.holder_pk,
        client_id=links[-1].client_id,
        scopes=tuple(behind.narrow(judged.scopes)),
        sector=behind.sector,
        act=cast("Mapping[str, object] | None", claims.get("act")),
        chain=links,
    )


def _names(claims: Mapping[str, object]) -> list[str]:
    return str(claims.get("scope", "")).split()


def _seconds(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))
