"""The key in a proof's header: public, of the kind that its algorithm wants, known by its thumbprint."""

import hashlib
from functools import lru_cache
from typing import Final, NamedTuple

import orjson

from idp.ops import base64url
from oauth_ext.dpop.algorithms import KeyKind
from oauth_ext.errors import InvalidDPoPProof
from oauth_ext.keys import public_keys
from oauth_ext.keys.public_keys import SECRET_MEMBERS, PublicKey

REMEMBERED: Final = 4096


class ProofKey(NamedTuple):
    """A public key and its thumbprint (RFC 7638), by which tokens name it."""

    jkt: str
    key: PublicKey


def read(jwk: object, kind: KeyKind) -> ProofKey:
    """Return the key of a JWK (RFC 7517 §4); raises `InvalidDPoPProof` for any but a public key of that kind."""
    if not isinstance(jwk, dict) or jwk.get("kty") != kind.kty or (kind.crv and jwk.get("crv") != kind.crv):
        raise InvalidDPoPProof("The DPoP proof's jwk is not a public key for its alg.")
    if SECRET_MEMBERS & jwk.keys():
        raise InvalidDPoPProof("The DPoP proof's jwk holds a private key: consider it lost.")
    try:
        return _read(tuple(public_keys.members_of(jwk).items()))
    except ValueError as error:
        raise InvalidDPoPProof("The DPoP proof's jwk is not well-formed.") from error


@lru_cache(maxsize=REMEMBERED)
def _read(members: tuple[tuple[str, str], ...]) -> ProofKey:
    key = public_keys.load(dict(members))
    thumbprint = hashlib.sha256(orjson.dumps(dict(members))).digest()
    return ProofKey(base64url.encode(thumbprint), key)
