"""Judging another provider's ID token (OIDC Core §3.1.3.7): for whom, when, and in answer to what it was made."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from idp.ops import base64url
from idp.providers import keys
from idp.providers.discovery import Metadata
from idp.providers.errors import Untrusted
from idp.providers.models import SUBJECT_MAX_LENGTH

LEEWAY: Final = 30  # seconds that clocks may differ
MAX_AGE: Final = 600  # it is an answer to a request of now
# A key, or where to get one, comes from the metadata and never from who is to be checked (RFC 8725 §3.10).
REFUSED_HEADERS: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})
TYPES: Final = frozenset({"jwt", "application/jwt"})


class Expected(NamedTuple):
    """What the request said: our `client_id` there, its nonce; `signed_in_since` (epoch) if it asked for a new one."""

    client_id: str
    nonce: str
    signed_in_since: float | None


class _Registry(JWSRegistry):
    """joserfc's, but for one thing: `EdDSA` is taken as the older name that it is for Ed25519, without a warning."""

    algorithms = JWSRegistry.algorithms | {"EdDSA": JWSRegistry.algorithms["Ed25519"]}


def judge(text: str, metadata: Metadata, expected: Expected, access_token: str) -> Mapping[str, object]:
    """Return the claims of an ID token that this provider made for us, in answer to this request. Raises Untrusted."""
    parts = text.split(".")
    if len(parts) != 3:
        raise Untrusted("the ID token is no JWS")
    header, claims = _object(parts[0]), _object(parts[1])
    algorithm = _algorithm(header, metadata)
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise Untrusted("a kid of another type")
    _check_who(claims, metadata, expected)
    _check_when(claims, expected)
    _check_signature(text, algorithm, kid, metadata)
    _check_hash(claims, algorithm, access_token)
    return claims


def _algorithm(header: Mapping[str, object], metadata: Metadata) -> str:
    algorithm, typ = header.get("alg"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in keys.ALGORITHMS or algorithm not in metadata.algorithms:
        raise Untrusted("signed by an algorithm that is not allowed")
    if REFUSED_HEADERS & header.keys() or not isinstance(typ, str) or typ.lower() not in TYPES:
        raise Untrusted("a header that is not an ID token's")
    return algorithm


def _check_who(claims: Mapping[str, object], metadata: Metadata, expected: Expected) -> None:
    sub, aud = claims.get("sub"), claims.get("aud")
    if claims.get("iss") != metadata.issuer:
        raise Untrusted("another issuer")
    audience = aud if isinstance(aud, list) else [aud]
    if expected.client_id not in audience:
        raise Untrusted("made for somebody else")
    if claims.get("azp", None if len(audience) > 1 else expected.client_id) != expected.client_id:
        raise Untrusted("another authorized party")
    if not isinstance(sub, str) or not 1 <= len(sub) <= SUBJECT_MAX_LENGTH or not sub.isprintable():
        raise Untrusted("no subject")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise Untrusted("another nonce")


def _check_when(claims: Mapping[str, object], expected: Expected) -> None:
    now, exp, iat, nbf = time.time(), claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not _is_date(exp) or exp <= now - LEEWAY:
        raise Untrusted("it has ended")
    if not _is_date(iat) or not now - MAX_AGE <= iat <= now + LEEWAY:
        raise Untrusted("not made now")
    if not _is_date(nbf) or nbf > now + LEEWAY:
        raise Untrusted("not good yet")
    if expected.signed_in_since is not None:
        auth_time = claims.get("auth_time")
        if not _is_date(auth_time) or auth_time < expected.signed_in_since - LEEWAY:
            raise Untrusted("signed in there before we asked")


def _check_signature(text: str, algorithm: str, kid: str | None, metadata: Metadata) -> None:
    key = keys.find(metadata.jwks_uri, algorithm, kid)
    try:
        jws.deserialize_compact(text, key, registry=_Registry(algorithms=[algorithm], strict_check_header=False))
    except (JoseError, ValueError) as error:
        raise Untrusted("a signature that is not theirs") from error


def _check_hash(claims: Mapping[str, object], algorithm: str, access_token: str) -> None:
    """Compare `at_hash`, where there is one, with the left half of the access token's hash (§3.1.3.6)."""
    said = claims.get("at_hash")
    if said is None:
        return
    name = {"384": "sha384", "512": "sha512"}.get(algorithm[-3:], "sha256")
    digest = hashlib.new("sha512" if algorithm in {"EdDSA", "Ed25519"} else name, access_token.encode()).digest()
    wanted = base64url.encode(digest[: len(digest) // 2])
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), wanted.encode()):
        raise Untrusted("made with another access token")


def _is_date(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(part: str) -> dict[str, object]:
    try:
        return base64url.decode_object(part)
    except ValueError as error:
        raise Untrusted("the ID token is no JWS") from error
