"""Everything that is made under `ENCRYPTION_KEYS`: sealed values, keyed hashes, keys for other rooms.

No key is used itself: each purpose has its own, derived by HKDF-SHA256 (RFC 5869). What is made carries its key's id,
so that a new key can be put first while the old ones still open what they made.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from idp.ops import base64url

SEALED = "e1"
NONCE_LENGTH = 12


class UnknownKey(KeyError):
    """No configured key has this id."""


class SealBroken(Exception):
    """Not sealed by us for this purpose and this owner, or damaged since; the text says which, and no secret."""


def key_ids() -> list[str]:
    """Return the ids of the configured keys, newest first: the first one makes what is new."""
    return list(_keys(tuple(settings.ENCRYPTION_KEYS)))


def derive(purpose: str, key_id: str) -> bytes:
    """Return 32 bytes for one purpose. Raises UnknownKey."""
    keys = _keys(tuple(settings.ENCRYPTION_KEYS))
    if key_id not in keys:
        raise UnknownKey(key_id)
    return _derived(keys[key_id], purpose)


def mac(purpose: str, message: bytes, key_id: str) -> bytes:
    """Return the HMAC-SHA-256 of the message, 32 bytes. Raises UnknownKey."""
    return hmac.digest(derive(purpose, key_id), message, "sha256")


def seal(plaintext: bytes, *, purpose: str, bound_to: str) -> str:
    """Encrypt and authenticate (AES-256-GCM) under the newest key: `e1.<key id>.<base64url of nonce and ciphertext>`.

    `bound_to` names what the value belongs to; under another name it doesn't open.
    """
    key_id = key_ids()[0]
    nonce = os.urandom(NONCE_LENGTH)
    sealed = AESGCM(derive(purpose, key_id)).encrypt(nonce, plaintext, bound_to.encode())
    return f"{SEALED}.{key_id}.{base64url.encode(nonce + sealed)}"


def unseal(sealed: str, *, purpose: str, bound_to: str) -> bytes:
    """Open what `seal` made. Raises SealBroken."""
    try:
        version, key_id, text = sealed.split(".")
        raw = base64url.decode(text)
        if version != SEALED:
            raise SealBroken("it is no seal of ours")
        return AESGCM(derive(purpose, key_id)).decrypt(raw[:NONCE_LENGTH], raw[NONCE_LENGTH:], bound_to.encode())
    except UnknownKey as error:
        raise SealBroken(f"it is sealed under the key {error.args[0]!r}, which is not in ENCRYPTION_KEYS") from None
    except (ValueError, InvalidTag):
        raise SealBroken("it was sealed for something else, or is damaged") from None


@lru_cache(maxsize=8)
def _keys(keys: tuple[bytes, ...]) -> dict[str, bytes]:
    return {urlsafe_b64encode(hashlib.sha256(b"gatehouse key id" + key).digest())[:8].decode(): key for key in keys}


@lru_cache(maxsize=256)
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gatehouse {purpose}".encode()).derive(key)
