"""The ID token (OIDC Core §2): who signed in, when and how, for one client; kept nowhere."""

import hashlib
import time
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from idp.ops import base64url
from oauth_ext.claims.subjects import sid_for
from oauth_ext.clients.rows import ClientRow
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import SigningAlgorithm

TYPE = "JWT"


class Authentication(NamedTuple):
    """How somebody signed in: the session's `sid` if the client belongs to it, when, how strongly, by what."""

    sid: uuid.UUID | None
    auth_time: datetime
    acr: str
    amr: Sequence[str]


def id_token(client: ClientRow, sub: str, signed_in: Authentication, *, nonce: str, access_token: str) -> str:
    """Sign an ID token by the algorithm that the client registered; its life is `ID_TOKEN_EXPIRE_SECONDS`."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": settings.ISSUER_URL,
        "sub": sub,
        "aud": client.client_id,
        "exp": now + settings.ID_TOKEN_EXPIRE_SECONDS,
        "iat": now,
        "auth_time": int(signed_in.auth_time.timestamp()),
        "acr": signed_in.acr,
        "amr": list(signed_in.amr),
        "at_hash": at_hash(access_token, client.algorithm),
    }
    if signed_in.sid is not None:
        claims["sid"] = sid_for(signed_in.sid, client.client_id)
    if nonce:
        claims["nonce"] = nonce
    return keys.sign(client.algorithm, claims, typ=TYPE)


def at_hash(access_token: str, algorithm: str) -> str:
    """Return the left half of the token's hash, by the hash of the ID token's algorithm (OIDC Core §3.1.3.6).

    SHA-256, but SHA-512 for Ed25519, which hashes with it (RFC 8032 §5.1).
    """
    hashed = (hashlib.sha512 if algorithm == SigningAlgorithm.ED25519 else hashlib.sha256)(access_token.encode())
    return base64url.encode(hashed.digest()[: hashed.digest_size // 2])
