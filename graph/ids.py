"""Entity keys: opaque, the same each time, readable by us alone.

An `id` is the row's key, sealed with AES-SIV (RFC 5297: deterministic, authenticated) under a key of ours and bound to
its type. It names nothing, cannot be guessed or counted, and needs no table. That of a person is bound to the
sector of a pairwise client, too: to another sector the same person has another `id`.
"""

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from idp.ops import keyring

PURPOSE = "graph entity id"
KEY_ID_CHARACTERS = 8


@cache
def _cipher(key_id: str) -> AESSIV:
    return AESSIV(keyring.derive(PURPOSE, key_id))


def seal(type_name: str, pk: int, sector: str = "") -> str:
    """Return the `id` of a row: 40 characters of URL-safe base64, the first eight of them name the key."""
    key_id = keyring.key_ids()[0]
    sealed = _cipher(key_id).encrypt(pk.to_bytes(8, "big"), _bound_to(type_name, sector))
    return key_id + base64.urlsafe_b64encode(sealed).decode()


def unseal(type_name: str, value: object, sector: str = "") -> int | None:
    """Return the row's key, or None for whatever is not an `id` of this type made by us for this sector."""
    if not isinstance(value, str) or (key_id := value[:KEY_ID_CHARACTERS]) not in keyring.key_ids():
        return None
    try:
        sealed = base64.b64decode(value[KEY_ID_CHARACTERS:], altchars=b"-_", validate=True)
        return int.from_bytes(_cipher(key_id).decrypt(sealed, _bound_to(type_name, sector)), "big")
    except (binascii.Error, ValueError, InvalidTag):
        return None


def _bound_to(type_name: str, sector: str) -> list[bytes]:
    return [type_name.encode(), *([sector.encode()] if sector else [])]
