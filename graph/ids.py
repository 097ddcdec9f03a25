"""Entity keys: opaque, the same each time, readable by us alone.

An `id` is the row's key, sealed with AES-SIV (RFC 5297: deterministic, authenticated) under a key of ours and bound to
its type. It names nothing, cannot be guessed or counted, and needs no table. That of a person, and of what is theirs,
is bound to the sector of a pairwise client, too: to another sector the same person has another `id`.
"""

import base64
import binascii
import uuid
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from idp.ops import keyring

PURPOSE = "graph entity id"
KEY_ID_CHARACTERS = 8
INTEGER_BYTES, UUID_BYTES = 8, 16

Key = int | uuid.UUID


@cache
def _cipher(key_id: str) -> AESSIV:
    return AESSIV(keyring.derive(PURPOSE, key_id))


def seal(type_name: str, pk: Key, sector: str = "") -> str:
    """Return the `id` of a row: URL-safe base64, 40 or 51 characters; the first eight of them name the key."""
    return seal_bytes(type_name, pk.bytes if isinstance(pk, uuid.UUID) else pk.to_bytes(INTEGER_BYTES, "big"), sector)


def unseal(type_name: str, value: object, sector: str = "") -> int | None:
    """Return the row's number, or None for whatever is not an `id` of this type made by us for this sector."""
    opened = unseal_bytes(type_name, value, sector)
    return int.from_bytes(opened, "big") if opened is not None and len(opened) == INTEGER_BYTES else None


def unseal_uuid(type_name: str, value: object, sector: str = "") -> uuid.UUID | None:
    """Return the key of a row that has a UUID, or None."""
    opened = unseal_bytes(type_name, value, sector)
    return uuid.UUID(bytes=opened) if opened is not None and len(opened) == UUID_BYTES else None


def seal_bytes(type_name: str, content: bytes, sector: str = "") -> str:
    """Return what only we can read, the same each time: of nothing that may repeat and must not show it."""
    key_id = keyring.key_ids()[0]
    sealed = _cipher(key_id).encrypt(content, _bound_to(type_name, sector))
    return key_id + base64.urlsafe_b64encode(sealed).decode()


def unseal_bytes(type_name: str, value: object, sector: str = "") -> bytes | None:
    """Return what was sealed, or None."""
    if not isinstance(value, str) or (key_id := value[:KEY_ID_CHARACTERS]) not in keyring.key_ids():
        return None
    try:
        sealed = base64.b64decode(value[KEY_ID_CHARACTERS:], altchars=b"-_", validate=True)
        return _cipher(key_id).decrypt(sealed, _bound_to(type_name, sector))
    except (binascii.Error, ValueError, InvalidTag):
        return None


def _bound_to(type_name: str, sector: str) -> list[bytes]:
    return [type_name.encode(), *([sector.encode()] if sector else [])]
