"""Client authentication by a signed assertion: `private_key_jwt` (RFC 7523 §3, OIDC Core §9).

The audience is the issuer and nothing else: an assertion that names an endpoint could have been made for another
server (CVE-2025-27370), so RFC 7523bis takes that choice away.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Final, NamedTuple, TypeGuard

from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.ops import base64url
from oauth_ext.clients import documents, jwks, remote_keys
from oauth_ext.errors import InvalidClient
from oauth_ext.replay import services as replay

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS: Final = tuple(jwks.ALGORITHMS)
# Not an access token, a proof or an ID token; `JWT` and no type are what clients of RFC 7523 send.
TYPES: Final = frozenset({"jwt", "client-authentication+jwt", "application/client-authentication+jwt"})
# A key, or where to get one, comes from the registration and never from who is to be checked (RFC 8725 §3.10).
REFUSED_HEADERS: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})
LONGEST_LIFE: Final = 600
LEEWAY: Final = 30
MAX_JTI: Final = 255
PURPOSE: Final = "client-assertion"


class Assertion(NamedTuple):
    """A client assertion taken apart; nothing of it is proved yet."""

    text: str
    algorithm: str
    kid: str | None
    claims: Mapping[str, object]
    client_id: str


class KeySource(NamedTuple):
    """Where a client's public keys are: in its registration, or at an address (else empty); and who registered it."""

    jwks: object
    jwks_uri: str
    registration_source: str


REGISTERED_BY_OPERATOR: Final = "manual"  # AbstractApplication.RegistrationSource
NO_KEYS: Final = KeySource(None, "", "")


def take_apart(text: str) -> Assertion:
    """Return the parts of an assertion that could be one; raises `InvalidClient`. Asks nothing of anybody."""
    parts = text.split(".")
    if len(parts) != 3:
        raise InvalidClient
    header, claims = _object(parts[0]), _object(parts[1])
    algorithm, kid, typ = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    client_id = claims.get("sub")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or REFUSED_HEADERS & header.keys():
        raise InvalidClient
    if not isinstance(typ, str) or typ.lower() not in TYPES or not (kid is None or isinstance(kid, str)):
        raise InvalidClient
    if not isinstance(client_id, str) or not client_id or len(client_id) > 255 or "\x00" in client_id:
        raise InvalidClient
    return Assertion(text, algorithm, kid, claims, client_id)


def check(assertion: Assertion, source: KeySource) -> None:
    """Raise `InvalidClient` unless the client's own key signed the assertion, for us, now, and for the first time.

    One signature is checked, whoever asks: where no key is known, against one that nobody has. A `jti` is used up only
    by who could sign it.
    """
    key = _key(assertion, source)
    proved = _is_signed(assertion, key or _nobodys_key(jwks.ALGORITHMS[assertion.algorithm].kty))
    if key is None or not proved:
        raise InvalidClient
    until = _judge_claims(assertion)
    if not replay.use(PURPOSE, assertion.client_id, str(assertion.claims["jti"]), until=until):
        raise InvalidClient


def _key(assertion: Assertion, source: KeySource) -> Key | None:
    if source.jwks_uri:
        places = documents.CLIENTS if source.registration_source == REGISTERED_BY_OPERATOR else documents.STRANGERS
        return remote_keys.find(source.jwks_uri, assertion.algorithm, assertion.kid, places)
    keys: Iterable[jwks.Jwk] = jwks.keys_of(source.jwks) or ()
    return jwks.choose(keys, assertion.algorithm, assertion.kid)


def _judge_claims(assertion: Assertion) -> datetime:
    """Return when the assertion ends; raises `InvalidClient` where a claim is missing or wrong (RFC 7523 §3)."""
    claims, now = assertion.claims, time.time()
    jti, exp = claims.get("jti"), claims.get("exp")
    if claims.get("iss") != assertion.client_id or claims.get("aud") not in (us := settings.ISSUER_URL, [us]):
        raise InvalidClient
    if not _is_date(exp) or not now < exp <= now + LONGEST_LIFE + LEEWAY:
        raise InvalidClient
    for date in (claims.get("nbf", now), claims.get("iat", now)):
        if not _is_date(date) or date > now + LEEWAY:
            raise InvalidClient
    if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI:
        raise InvalidClient
    return datetime.fromtimestamp(exp, tz=UTC)


def _is_date(value: object) -> TypeGuard[int | float]:
    """Whether this is a number, as JSON has them (RFC 7519 §2: NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_signed(assertion: Assertion, key: Key) -> bool:
    registry = _Registry(algorithms=[assertion.algorithm], strict_check_header=False)
    try:
        jws.deserialize_compact(assertion.text, key, registry=registry)
    except (JoseError, ValueError):
        return False
    return True


class _Registry(JWSRegistry):
    """joserfc's, but for one thing: `EdDSA` is taken as the older name that it is for Ed25519, without a warning."""

    algorithms = JWSRegistry.algorithms | {"EdDSA": JWSRegistry.algorithms["Ed25519"]}


@cache
def _nobodys_key(kty: str) -> Key:
    """Return a key whose private half nobody has, to check against where there is none."""
    if kty == "EC":
        return ECKey.generate_key("P-256", private=False)
    if kty == "OKP":
        return OKPKey.generate_key("Ed25519", private=False)
    modulus = (1 << 2047) + 1  # the work is that of any other
    return RSAKey(rsa.RSAPublicNumbers(65537, modulus).public_key(), None)


def _object(part: str) -> dict[str, object]:
    try:
        return base64url.decode_object(part)
    except ValueError as error:
        raise InvalidClient from error
