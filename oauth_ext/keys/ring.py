"""The keys of this issuer, as a process holds them: read seldom, and again whenever one is missing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from idp.ops import keyring
from oauth_ext.keys.jws import PrivateKey, PublicKey
from oauth_ext.keys.models import KeyState, SigningKey

PURPOSE = "signing-key"
# A key made compromised elsewhere signs no longer than this many seconds here; what it signs is refused at once.
RELOAD_SECONDS = 5
# An unknown `kid` may be a new key's; a stranger's tokens must not cost a statement each.
MISSING_SECONDS = 1

log = structlog.get_logger(__name__)


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
    """The keys of one issuer that are trusted, by `kid`, and the signers, by algorithm.

    `broken` says of an algorithm why its active key doesn't open; what others sign is checked all the same.
    """

    issuer: str
    loaded_at: float
    checkers: Mapping[str, Checker]
    signers: Mapping[str, Signer]
    broken: Mapping[str, str]


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


def read() -> Ring:
    """Return the keys as they are now, each unsealed anew; what the process holds stays as it is."""
    return _load(time.monotonic(), None)


def opens(row: SigningKey) -> bool:
    """Whether the private half can be unsealed here and now."""
    try:
        _unsealed(row)
    except keyring.SealBroken:
        return False
    return True


def _load(now: float, before: Ring | None) -> Ring:
    """Read the rows; a private key that was open stays open."""
    opened = {signer.kid: signer for signer in before.signers.values()} if before else {}
    rows = SigningKey.objects.filter(issuer=settings.ISSUER_URL).exclude(state=KeyState.COMPROMISED)
    signers, broken = {}, {}
    for row in rows:
        if row.state == KeyState.ACTIVE:
            try:
                signers[row.algorithm] = opened.get(row.kid) or _signer(row)
            except keyring.SealBroken as error:
                broken[row.algorithm] = f"The {row.algorithm} key {row.kid} doesn't open: {error}"
                log.error("signing_key.broken", algorithm=row.algorithm, kid=row.kid, reason=str(error))  # noqa: TRY400
    return Ring(
        issuer=settings.ISSUER_URL,
        loaded_at=now,
        checkers={row.kid: Checker(row.algorithm, _public(row.public_jwk)) for row in rows},
        signers=signers,
        broken=broken,
    )


def _signer(row: SigningKey) -> Signer:
    # Our own key out of its seal: checking its numbers again would take tens of milliseconds.
    key = load_pem_private_key(_unsealed(row), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError("not a private key that signs")
    return Signer(row.kid, row.algorithm, key)


def _unsealed(row: SigningKey) -> bytes:
    return keyring.unseal(row.private_sealed, purpose=PURPOSE, bound_to=row.kid)


def _public(jwk: dict[str, str | list[str]]) -> PublicKey:
    key = JWKRegistry.import_key(jwk)
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        raise TypeError("not a public key that signs")
    public = key.public_key
    if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise TypeError("not a public key that signs")
    return public
