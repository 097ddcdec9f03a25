"""Which of another provider's keys checks a signature, and by which algorithms it may have signed (RFC 8725 §3.1)."""

from typing import Final, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from idp.providers import documents
from idp.providers.errors import Untrusted

MOST_KEYS: Final = 50
RSA_BITS: Final = range(2048, 8192 + 1)


class _Suits(NamedTuple):
    kty: str
    crv: str | None = None


# No `none`, and no HMAC: a secret that we know proves nothing of who else does.
ALGORITHMS: Final = {
    "RS256": _Suits("RSA"),
    "RS384": _Suits("RSA"),
    "RS512": _Suits("RSA"),
    "PS256": _Suits("RSA"),
    "PS384": _Suits("RSA"),
    "PS512": _Suits("RSA"),
    "ES256": _Suits("EC", "P-256"),
    "ES384": _Suits("EC", "P-384"),
    "ES512": _Suits("EC", "P-521"),
    "EdDSA": _Suits("OKP", "Ed25519"),
    "Ed25519": _Suits("OKP", "Ed25519"),
}
_TYPES: Final[dict[str, type[ECKey | OKPKey | RSAKey]]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
_PUBLIC: Final = {"EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x"), "RSA": ("kty", "n", "e")}


def find(jwks_uri: str, algorithm: str, kid: str | None) -> Key:
    """Return the one key that a header means; where there is none the keys are fetched anew. Raises Untrusted."""
    for anew in (False, True):
        meant = [key for key in _keys_at(jwks_uri, anew=anew) if _suits(key, algorithm, kid)]
        if len(meant) == 1:
            return _load(meant[0])
        if len(meant) > 1:
            raise Untrusted("several keys could be meant")
    raise Untrusted("there is no such key")


def _keys_at(jwks_uri: str, *, anew: bool) -> list[documents.Document]:
    keys = documents.get(jwks_uri, anew=anew).get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise Untrusted("no JWK Set of a bearable size")
    return [key for key in keys if isinstance(key, dict)]


def _suits(key: documents.Document, algorithm: str, kid: str | None) -> bool:
    kind = ALGORITHMS[algorithm]
    return (
        key.get("kty") == kind.kty
        and (kind.crv is None or key.get("crv") == kind.crv)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    )


def _load(jwk: documents.Document) -> Key:
    kind = str(jwk["kty"])
    members = {name: jwk.get(name) for name in _PUBLIC[kind]}
    try:
        key = _TYPES[kind].import_key({name: str(value) for name, value in members.items()})
        public = key.public_key
    except (JoseError, ValueError, TypeError) as error:
        raise Untrusted("a malformed key") from error
    if isinstance(key, RSAKey) and getattr(public, "key_size", 0) not in RSA_BITS:
        raise Untrusted("an RSA key too weak or too heavy")
    return key
