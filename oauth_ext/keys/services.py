"""Signing and checking: what the rooms above call. A key is ours by `kid`, or it is none."""

import hashlib
import time
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists

from oauth_ext.keys import jws, ring, times
from oauth_ext.keys.birth import ensure_keys
from oauth_ext.keys.errors import InvalidJWT, KeyUnusable, PublishedTooLately, TokenOutlivesKey
from oauth_ext.keys.life import GONE, Change, advance, mark_compromised, rotate
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey
from oauth_ext.keys.published import jwks

__all__ = [
    "GONE",
    "Change",
    "InvalidJWT",
    "KeyUnusable",
    "PublishedTooLately",
    "Verified",
    "advance",
    "check",
    "ensure_keys",
    "jwks",
    "listed",
    "mark_compromised",
    "rotate",
    "sign",
    "trusted",
    "verify",
]

LEEWAY_SECONDS = 5
MAX_TOKEN_CHARACTERS = 8 * 1024
REMEMBERED = 20_000


class Verified(NamedTuple):
    """The claims of a token whose signature is good, and the key that made it."""

    claims: dict[str, object]
    kid: str


# Signatures that were checked, by the hash of their token, until it ends: a token costs its check once a process.
_remembered: dict[bytes, Verified] = {}


def sign(algorithm: str, claims: Mapping[str, object], *, typ: str) -> str:
    """Return a JWT signed by the active key of the algorithm; this issuer's first keys are born where it has none.

    Raises `KeyUnusable`, and `TokenOutlivesKey` for a life above `times.LONGEST_TOKEN`.
    """
    exp = claims.get("exp")
    if isinstance(exp, int) and exp > time.time() + times.LONGEST_TOKEN.total_seconds():
        raise TokenOutlivesKey(exp)
    signer = ring.current(algorithm=algorithm).signers.get(algorithm) or _born(algorithm)
    return jws.sign(algorithm, signer.key, {"alg": algorithm, "kid": signer.kid, "typ": typ}, claims)


def verify(token: str, *, typ: str, allow_expired: bool = False) -> Verified:
    """Check a JWT of ours: key, algorithm, type, issuer, times; raises `InvalidJWT`.

    Whether the key is still trusted is for the statement that judges the token: `trusted`. Of the header only `kid`,
    `alg` and `typ` count; a token that names keys or critical extensions of its own is refused.
    """
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise InvalidJWT
    name = hashlib.sha256(f"{typ}.{token}".encode()).digest()
    verified = _remembered.get(name)
    if verified is None:
        verified = _check(token, typ)
        _remember(name, verified)
    _check_times(verified.claims, allow_expired=allow_expired)
    return verified


def trusted(kid: str) -> Exists:
    """Return the condition, for any statement, that a key is still one of those we trust."""
    return Exists(SigningKey.objects.filter(kid=kid).exclude(state=KeyState.COMPROMISED))


def listed() -> list[SigningKey]:
    """Return this issuer's keys, by algorithm, the newest first."""
    return list(SigningKey.objects.filter(issuer=settings.ISSUER_URL).order_by("algorithm", "-created_at"))


def check() -> None:
    """Raise `KeyUnusable` if one of our keys can't sign; an issuer that has none yet gets its first ones."""
    held = ring.read()
    if held.broken:
        raise KeyUnusable(" ".join(held.broken.values()))
    if held.signers.keys() != set(SigningAlgorithm.values):
        ensure_keys()


def _born(algorithm: str) -> ring.Signer:
    """Return the signer of an algorithm for which there was none, from keys made where they were missing."""
    ensure_keys()
    held = ring.current()
    if algorithm in held.broken:
        raise KeyUnusable(held.broken[algorithm])
    return held.signers[algorithm]


def _check(token: str, typ: str) -> Verified:
    header = jws.header_of(token)
    kid = header.get("kid")
    if set(header) != {"alg", "kid", "typ"} or header["typ"] != typ or not isinstance(kid, str):
        raise InvalidJWT
    checker = ring.current(kid=kid).checkers.get(kid)
    if checker is None or header["alg"] != checker.algorithm:
        raise InvalidJWT
    claims = jws.open_signed(token, checker.algorithm, checker.key)
    if claims.get("iss") != settings.ISSUER_URL:
        raise InvalidJWT
    return Verified(claims, kid)


def _check_times(claims: Mapping[str, object], *, allow_expired: bool) -> None:
    now = time.time()
    exp, not_before = claims.get("exp"), claims.get("nbf", claims.get("iat"))
    if not isinstance(exp, int) or not isinstance(not_before, int):
        raise InvalidJWT
    if (exp <= now and not allow_expired) or not_before > now + LEEWAY_SECONDS:
        raise InvalidJWT


def _remember(name: bytes, verified: Verified) -> None:
    if len(_remembered) >= REMEMBERED:
        for old in list(islice(_remembered, REMEMBERED // 10)):
            _remembered.pop(old, None)
    _remembered[name] = verified
