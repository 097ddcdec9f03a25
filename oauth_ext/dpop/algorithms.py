"""What a proof may be signed with: asymmetric, and nothing else (RFC 9449 §4.3)."""

from typing import Final, NamedTuple


class KeyKind(NamedTuple):
    """The key that an algorithm works with: `kty` and, where there are several, `crv` (RFC 7518 §6, RFC 8037 §2)."""

    kty: str
    crv: str | None = None


# The whole list, in the order in which it is advertised. EdDSA is what RFC 8037 calls Ed25519, before RFC 9864.
ALGORITHMS: Final = {
    "ES256": KeyKind("EC", "P-256"),
    "Ed25519": KeyKind("OKP", "Ed25519"),
    "EdDSA": KeyKind("OKP", "Ed25519"),
    "PS256": KeyKind("RSA"),
    "RS256": KeyKind("RSA"),
}
