"""The public keys of a client (RFC 7517): which may be registered, and which one a signature's header means."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from joserfc.jwk import Key

from oauth_ext.keys import public_keys
from oauth_ext.keys.public_keys import SECRET_MEMBERS

MAX_KEYS: Final = 20

Jwk = Mapping[str, object]


class Suits(NamedTuple):
    """The kind of key that an algorithm needs; `crv` is None where the type says it all."""

    kty: str
    crv: str | None


# What a client may sign with, in the order that metadata has them. EdDSA is Ed25519 by its older name (RFC 9864 §2.2).
ALGORITHMS: Final = {
    "ES256": Suits("EC", "P-256"),
    "RS256": Suits("RSA", None),
    "PS256": Suits("RSA", None),
    "EdDSA": Suits("OKP", "Ed25519"),
    "Ed25519": Suits("OKP", "Ed25519"),
}


def problem(jwks: object) -> str | None:
    """Return why a JWK Set can't be a client's, in one sentence, or None.

    Keys of other kinds or for encryption may be in it: they are passed over (RFC 7517 §5). A secret may not.
    """
    keys = keys_of(jwks)
    if keys is None:
        return f"It must be a JWK Set of 1 to {MAX_KEYS} keys."
    if any(SECRET_MEMBERS & key.keys() for key in keys):
        return "It holds a private or a symmetric key: register the public ones only."
    if not any(suits(key, algorithm) and load(key) for key in keys for algorithm in ALGORITHMS):
        return f"It has no key for {', '.join(ALGORITHMS)}."
    return None


def keys_of(jwks: object) -> list[Jwk] | None:
    """Return the keys in a JWK Set as they stand there, or None for what is no set of a bearable size."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MAX_KEYS or not all(isinstance(key, dict) for key in keys):
        return None
    return keys


def choose(keys: Iterable[Jwk], algorithm: str, kid: str | None) -> Key | None:
    """Return the one key that a header means, or None where there is none, or more than one (OIDC Core §10.1)."""
    meant = [key for key in keys if suits(key, algorithm) and (kid is None or key.get("kid") == kid)]
    return load(meant[0]) if len(meant) == 1 else None


def suits(key: Jwk, algorithm: str) -> bool:
    """Whether a key may check signatures of this algorithm, by what it says of itself (RFC 7517 §4)."""
    kind, operations = ALGORITHMS[algorithm], key.get("key_ops", ["verify"])
    return (
        key.get("kty") == kind.kty
        and (kind.crv is None or key.get("crv") == kind.crv)
        and key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and key.get("alg", algorithm) == algorithm
        and not SECRET_MEMBERS & key.keys()
    )


def load(key: Jwk) -> Key | None:
    """Return a suitable key, ready to check with, or None where it is malformed, too weak or too heavy."""
    try:
        return public_keys.load(public_keys.members_of(key))
    except ValueError:
        return None
