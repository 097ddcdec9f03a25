"""Public keys that somebody else wrote down (RFC 7517): whole, neither weak nor a burden to check with."""

from collections.abc import Mapping
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.ops import base64url

PublicKey = ECKey | OKPKey | RSAKey

# The members that make a public key, in the order that its thumbprint hashes them (RFC 7638 §3.2, RFC 8037 §2)
MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
# Whoever sends one of these has given a secret away (RFC 7518 §6)
SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
TYPES: Final[Mapping[str, type[PublicKey]]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
COORDINATE_BYTES: Final = 32  # of P-256 and Ed25519
MODULUS_BITS: Final = range(2048, 4096 + 1)
MAX_EXPONENT: Final = 2**32


def members_of(jwk: Mapping[str, object]) -> dict[str, str]:
    """Return the members that make the public key, in the order of its thumbprint; raises ValueError for a lack."""
    members = {name: jwk.get(name) for name in MEMBERS.get(str(jwk.get("kty")), ("kty",))}
    if members.keys() == {"kty"} or not all(isinstance(value, str) for value in members.values()):
        raise ValueError("not a whole key of a kind that we know")
    return {name: str(value) for name, value in members.items()}


def load(members: Mapping[str, str]) -> PublicKey:
    """Return the key, ready to check with; raises ValueError for one that is malformed, too weak or too heavy."""
    if members["kty"] == "RSA":
        _check_rsa(members)
    elif any(len(base64url.decode(members[name])) != COORDINATE_BYTES for name in ("x", "y") if name in members):
        raise ValueError("size of a coordinate")
    try:
        key = TYPES[members["kty"]].import_key(dict(members))
        key.public_key  # noqa: B018  # raises for a point that isn't on its curve
    except JoseError as error:
        raise ValueError("not a key") from error
    return key


def _check_rsa(members: Mapping[str, str]) -> None:
    """Raise ValueError for a key that costs more than a client is worth, or is in another spelling than its own."""
    modulus, exponent = base64url.decode(members["n"]), base64url.decode(members["e"])
    if int.from_bytes(modulus).bit_length() not in MODULUS_BITS or 0 in {modulus[0], (exponent or b"\x00")[0]}:
        raise ValueError("size of an RSA key")
    value = int.from_bytes(exponent)
    if not 3 <= value < MAX_EXPONENT or value % 2 == 0:
        raise ValueError("exponent of an RSA key")
