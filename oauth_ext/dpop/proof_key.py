"""The key in a proof's header: public, of a size that is neither weak nor a burden, known by its thumbprint."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import orjson
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.ops import base64url
from oauth_ext.dpop.algorithms import KeyKind
from oauth_ext.errors import InvalidDPoPProof

# The members that make a public key, in the order that its thumbprint hashes them (RFC 7638 §3.2, RFC 8037 §2)
MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
TYPES: Final[Mapping[str, type[ECKey | OKPKey | RSAKey]]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
COORDINATE_BYTES: Final = 32  # of P-256 and Ed25519
MODULUS_BITS: Final = range(2048, 4097)
MAX_EXPONENT_BYTES: Final = 4
REMEMBERED: Final = 4096


class ProofKey(NamedTuple):
    """A public key and its thumbprint (RFC 7638), by which tokens name it."""

    jkt: str
    key: ECKey | OKPKey | RSAKey


def read(jwk: object, kind: KeyKind) -> ProofKey:
    """Return the key of a JWK (RFC 7517 §4); raises `InvalidDPoPProof` for any but a public key of that kind."""
    if not isinstance(jwk, dict) or jwk.get("kty") != kind.kty or (kind.crv and jwk.get("crv") != kind.crv):
        raise InvalidDPoPProof("The DPoP proof's jwk is not a public key for its alg.")
    if SECRET_MEMBERS & jwk.keys():
        raise InvalidDPoPProof("The DPoP proof's jwk holds a private key: consider it lost.")
    members = tuple((name, jwk.get(name)) for name in MEMBERS[kind.kty])
    if not all(isinstance(value, str) for _, value in members):
        raise InvalidDPoPProof("The DPoP proof's jwk lacks a member.")
    try:
        return _read(members)
    except ValueError as error:  # joserfc's and cryptography's errors among them
        raise InvalidDPoPProof("The DPoP proof's jwk is not well-formed.") from error


@lru_cache(maxsize=REMEMBERED)
def _read(members: tuple[tuple[str, str], ...]) -> ProofKey:
    jwk: dict[str, str | list[str]] = dict(members)
    kty = dict(members)["kty"]
    _check_sizes(dict(members))
    thumbprint = hashlib.sha256(orjson.dumps(jwk)).digest()
    return ProofKey(base64url.encode(thumbprint), TYPES[kty].import_key(jwk))


def _check_sizes(jwk: Mapping[str, str]) -> None:
    """Raise ValueError for a key that costs more to use than a client is worth, or in another spelling than its own."""
    if jwk["kty"] == "RSA":
        modulus, exponent = base64url.decode(jwk["n"]), base64url.decode(jwk["e"])
        if int.from_bytes(modulus).bit_length() not in MODULUS_BITS or not 0 < len(exponent) <= MAX_EXPONENT_BYTES:
            raise ValueError("size of an RSA key")
        if 0 in {modulus[0], exponent[0]}:
            raise ValueError("leading zeros")
    elif any(len(base64url.decode(jwk[name])) != COORDINATE_BYTES for name in ("x", "y") if name in jwk):
        raise ValueError("size of a coordinate")
