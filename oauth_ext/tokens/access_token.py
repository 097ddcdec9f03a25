"""The access token: a JWT (RFC 9068) that no row is kept of; `family`, or the client's `epoch`, ties it to one."""

import secrets
import time
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from oauth_ext.clients import lifetimes
from oauth_ext.clients.rows import ClientRow
from oauth_ext.keys import services as keys

TYPE = "at+jwt"
ALGORITHM = "ES256"


class Issued(NamedTuple):
    """A signed access token, how it is presented, and how many seconds it lives."""

    token: str
    token_type: str
    expires_in: int


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


def _sign(
    client: ClientRow, own: dict[str, object], scopes: Sequence[str], resources: Sequence[str], jkt: str
) -> Issued:
    now, life = int(time.time()), lifetimes.of_access_token(client)
    aud = list(resources) or [settings.ISSUER_URL]
    claims = {
        "iss": settings.ISSUER_URL,
        "aud": aud[0] if len(aud) == 1 else aud,
        "exp": now + life,
        "iat": now,
        "jti": secrets.token_urlsafe(16),
        "client_id": client.client_id,
        "scope": " ".join(scopes),
        **own,
    }
    if jkt:
        claims["cnf"] = {"jkt": jkt}
    return Issued(keys.sign(ALGORITHM, claims, typ=TYPE), type_of(jkt), life)
