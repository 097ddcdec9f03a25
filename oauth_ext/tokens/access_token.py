"""The access token: a JWT (RFC 9068) that no row is kept of; `family`, or the client's `epoch`, ties it to one."""

import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from oauth_ext.clients import lifetimes
from oauth_ext.clients.rows import ClientRow
from oauth_ext.keys import services as keys
from oauth_ext.tokens import chain
from oauth_ext.tokens.chain import Link

TYPE = "at+jwt"
ALGORITHM = "ES256"


class Issued(NamedTuple):
    """A signed access token, how it is presented, how many seconds it lives, and its identifier."""

    token: str
    token_type: str
    expires_in: int
    jti: str


class Subject(NamedTuple):
    """For whom a token is made: what its client sees of a person, and how they signed in."""

    sub: str
    family: uuid.UUID
    auth_time: datetime | None
    acr: str


def type_of(jkt: str | None) -> str:
    """Return the `token_type` of a token bound to that key, or to none."""
    return "DPoP" if jkt else "Bearer"


def for_user(
    client: ClientRow, subject: Subject, scopes: Sequence[str], resources: Sequence[str], *, jkt: str
) -> Issued:
    """Sign a token of a family, for resources of that family; for our own API where there are none (RFC 8707 §2).

    `jkt` is the key that it is bound to (RFC 9449 §6.1), empty for none. Its life is the
    client's own, else `ACCESS_TOKEN_EXPIRE_SECONDS`.
    """
    own: dict[str, object] = {"sub": subject.sub, "family": str(subject.family)}
    if subject.auth_time is not None:
        own |= {"auth_time": int(subject.auth_time.timestamp()), "acr": subject.acr}
    return _sign(client, own, scopes, resources, jkt)


def for_client(client: ClientRow, scopes: Sequence[str], resources: Sequence[str], *, jkt: str) -> Issued:
    """Sign a token of a client without a user: it dies with the client's epoch, or by its `jti`. `jkt` as above."""
    return _sign(client, {"sub": client.client_id, "epoch": client.epoch}, scopes, resources, jkt)


class Origin(NamedTuple):
    """What an exchanged token takes over from the one given for it, and what it adds (RFC 8693 §2.2.1, §4.1)."""

    sub: str
    family: uuid.UUID | None
    epoch: int | None
    auth_time: int | None
    acr: str | None
    act: Mapping[str, object] | None
    links: Sequence[Link]


def by_exchange(
    client: ClientRow, origin: Origin, scopes: Sequence[str], resources: Sequence[str], *, jkt: str, not_after: int
) -> Issued:
    """Sign a token that hangs on what the subject token hangs on, and ends by `not_after`. `jkt` as above."""
    own: dict[str, object] = {"sub": origin.sub, chain.CLAIM: chain.written(origin.links)}
    own |= {"epoch": origin.epoch} if origin.family is None else {"family": str(origin.family)}
    if origin.auth_time is not None:
        own |= {"auth_time": origin.auth_time, "acr": origin.acr or ""}
    if origin.act is not None:
        own["act"] = origin.act
    return _sign(client, own, scopes, resources, jkt, not_after)


def told(
    client_id: str, own: Mapping[str, object], scopes: Sequence[str], resources: Sequence[str]
) -> dict[str, object]:
    """Return the claims that say what a token is for, `own` among them: all but when it was made, and its name."""
    aud = list(resources) or [settings.ISSUER_URL]
    return {
        "iss": settings.ISSUER_URL,
        "aud": aud[0] if len(aud) == 1 else aud,
        "client_id": client_id,
        "scope": " ".join(scopes),
        **own,
    }


def _sign(
    client: ClientRow,
    own: dict[str, object],
    scopes: Sequence[str],
    resources: Sequence[str],
    jkt: str,
    not_after: int | None = None,
) -> Issued:
    now, jti = int(time.time()), secrets.token_urlsafe(16)
    exp = now + lifetimes.of_access_token(client)
    if not_after is not None:
        exp = min(exp, not_after)
    claims = told(client.client_id, own, scopes, resources) | {"exp": exp, "iat": now, "jti": jti}
    if jkt:
        claims["cnf"] = {"jkt": jkt}
    return Issued(keys.sign(ALGORITHM, claims, typ=TYPE), type_of(jkt), exp - now, jti)
