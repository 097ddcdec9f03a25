"""The keys of this issuer, as a process holds them: read seldom, and again whenever one is missing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from idp.ops import keyring
from oauth_ext.keys.jws import PrivateKey, PublicKey
from oauth_ext.keys.models import KeyState, SigningKey

PURPOSE = "signing-key"
# A key made compromised elsewhere signs no longer than this many seconds here; what it signs is refused at once.
RELOAD_SECONDS = 5
# An unknown `kid` may be a new key's; a stranger's tokens must not cost a statement each.
MISSING_SECONDS = 1


@dataclass(frozen=True)
class Signer:
    """An active key, opened."""

    kid: str
    algorithm: str
    key: PrivateKey = field(repr=False)


@dataclass(frozen=True)
class Checker:
    """A published key."""

    algorithm: str
    key: PublicKey


@dataclass(frozen=True)
class Ring:
    """The keys of one issuer that are trusted, by `kid`, and the signers, by algorithm."""

    issuer: str
    loaded_at: float
    checkers: Mapping[str, Checker]
    signers: Mapping[str, Signer]


_held: Ring | None = None


def current(*, kid: str | None = None, algorithm: str | None = None) -> Ring:
    """Return the keys, read again where they are old, or where the one that is wanted is missing."""
    global _held  # noqa: PLW0603  # one memory a process; a lost race costs one more SELECT
    held, now = _held, time.monotonic()
    if held is None or held.issuer != settings.ISSUER_URL or now - held.loaded_at > RELOAD_SECONDS:
        _held = held = _load(now, held)
    missing = (kid is not None and kid not in held.checkers) or (algorithm and algorithm not in held.signers)
    if missing and now - held.loaded_at > MISSING_SECONDS:
        _held = held = _load(now, held)
    return held


def forget() -> None:
    """Read the keys again at the next use: after a change made by this process."""
    global _held  # noqa: PLW0603
    _held = None


def unsealable() -> set[str]:
    """Return the algorithms whose active key is in the table and can be unsealed; raises `SealBroken`."""
    rows = SigningKey.objects.filter(issuer=settings.ISSUER_URL, state=KeyState.ACTIVE)
    return {row.algorithm for row in rows if _unsealed(row)}


def _load(now: float, before: Ring | None) -> Ring:
    """Read the rows; a private key that was open stays open, for opening an RSA key takes tens of milliseconds."""
    opened = {signer.kid: signer for signer in before.signers.values()} if before else {}
    rows = SigningKey.objects.filter(issuer=settings.ISSUER_URL).exclude(state=KeyState.COMPROMISED)
    return Ring(
        issuer=settings.ISSUER_URL,
        loaded_at=now,
        checkers={row.kid: Checker(row.algorithm, _public(row.public_jwk)) for row in rows},
        signers={row.algorithm: opened.get(row.kid) or _signer(row) for row in rows if row.state == KeyState.ACTIVE},
    )


def _signer(row: SigningKey) -> Signer:
    key = (RSAKey if row.algorithm == "RS256" else ECKey).import_key(_unsealed(row)).private_key
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("not a private key")
    return Signer(row.kid, row.algorithm, key)


def _unsealed(row: SigningKey) -> bytes:
    return keyring.unseal(row.private_sealed, purpose=PURPOSE, bound_to=row.kid)


def _public(jwk: dict[str, str | list[str]]) -> PublicKey:
    key = JWKRegistry.import_key(jwk)
    if not isinstance(key, RSAKey | ECKey):
        raise TypeError("not a public key that signs")
    return key.public_key
