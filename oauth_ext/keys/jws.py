"""JWS in compact form (RFC 7515), for the algorithms that we sign with; made and checked on the hot paths."""

from collections.abc import Mapping
from typing import Protocol

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from idp.ops import base64url
from oauth_ext.keys.errors import InvalidJWT

P256_BYTES = 32
# As long as the hash (RFC 7518 §3.5)
PSS = padding.PSS(padding.MGF1(SHA256()), salt_length=SHA256.digest_size)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


class Algorithm(Protocol):
    """Signs and checks bytes (RFC 7518 §3)."""

    def sign(self, key: PrivateKey, message: bytes) -> bytes:
        """Return the signature."""

    def check(self, key: PublicKey, signature: bytes, message: bytes) -> None:
        """Raise cryptography's `InvalidSignature` where it isn't the key's."""


class ES256:
    """ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each (RFC 7518 §3.4)."""

    def sign(self, key: PrivateKey, message: bytes) -> bytes:
        """Return the signature."""
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("ES256 signs with an elliptic curve key")
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")

    def check(self, key: PublicKey, signature: bytes, message: bytes) -> None:
        """Raise where the signature isn't the key's."""
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 2 * P256_BYTES:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:P256_BYTES], "big"), int.from_bytes(signature[P256_BYTES:], "big")
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))


class RSA:
    """RSA with SHA-256 by one padding: RSASSA-PKCS1-v1_5 (RFC 7518 §3.3), or RSASSA-PSS (§3.5)."""

    def __init__(self, scheme: padding.PKCS1v15 | padding.PSS) -> None:
        self._padding = scheme

    def sign(self, key: PrivateKey, message: bytes) -> bytes:
        """Return the signature."""
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("RS256 and PS256 sign with an RSA key")
        return key.sign(message, self._padding, SHA256())

    def check(self, key: PublicKey, signature: bytes, message: bytes) -> None:
        """Raise where the signature isn't the key's."""
        if not isinstance(key, rsa.RSAPublicKey):
            raise InvalidSignature
        key.verify(signature, message, self._padding, SHA256())


class Ed25519:
    """EdDSA on edwards25519 (RFC 8032), by its name of RFC 9864 §2.2, which says the curve."""

    def sign(self, key: PrivateKey, message: bytes) -> bytes:
        """Return the signature."""
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise TypeError("Ed25519 signs with a key of that curve")
        return key.sign(message)

    def check(self, key: PublicKey, signature: bytes, message: bytes) -> None:
        """Raise where the signature isn't the key's."""
        if not isinstance(key, ed25519.Ed25519PublicKey):
            raise InvalidSignature
        key.verify(signature, message)


# The whole list: what isn't here (`none`, HS256, …) is neither made nor accepted.
ALGORITHMS: dict[str, Algorithm] = {
    "ES256": ES256(),
    "RS256": RSA(padding.PKCS1v15()),
    "PS256": RSA(PSS),
    "Ed25519": Ed25519(),
}


def sign(algorithm: str, key: PrivateKey, header: Mapping[str, str], claims: Mapping[str, object]) -> str:
    """Return the compact JWS of the claims."""
    message = f"{base64url.encode(orjson.dumps(header))}.{base64url.encode(orjson.dumps(claims))}".encode()
    return f"{message.decode()}.{base64url.encode(ALGORITHMS[algorithm].sign(key, message))}"


def header_of(token: str) -> dict[str, object]:
    """Return the header of a token, unproved; raises `InvalidJWT`."""
    return _object(token.partition(".")[0])


def open_signed(token: str, algorithm: str, key: PublicKey) -> dict[str, object]:
    """Return the claims of a token that the key signed; raises `InvalidJWT`."""
    message, _, signature = token.rpartition(".")
    if message.count(".") != 1:
        raise InvalidJWT
    try:
        ALGORITHMS[algorithm].check(key, base64url.decode(signature), message.encode())
    except (InvalidSignature, ValueError) as error:
        raise InvalidJWT from error
    return _object(message.partition(".")[2])


def _object(part: str) -> dict[str, object]:
    try:
        return base64url.decode_object(part)
    except ValueError as error:
        raise InvalidJWT from error
