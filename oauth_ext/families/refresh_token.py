"""The refresh token: `r1.<key id>.<family>.<counter>.<MAC>`, computed from the family's row, stored nowhere.

The MAC is HMAC-SHA-256 over salt, issuer, client, family and counter under a key derived from `ENCRYPTION_KEYS`:
neither the database nor the environment alone makes one.
"""

import hmac
import secrets
import uuid
from typing import NamedTuple

from idp.ops import base64url, keyring

PURPOSE = "refresh-token"
VERSION = "r1"
SALT_BYTES = 16
COUNTER_DIGITS = 18


class Presented(NamedTuple):
    """A refresh token taken apart; nothing of it is proved yet."""

    key_id: str
    family: uuid.UUID
    counter: int
    mac: bytes


def is_meant(token: str) -> bool:
    """Whether a token says of itself that it is one."""
    return token.startswith(f"{VERSION}.")


def new_salt() -> bytes:
    """Return what a new family's row holds of its tokens."""
    return secrets.token_bytes(SALT_BYTES)


def make(*, family: uuid.UUID, salt: bytes, issuer: str, client_id: str, counter: int) -> str:
    """Return the refresh token of a family at a counter, under the newest key."""
    key_id = keyring.key_ids()[0]
    mac = _mac(key_id, family, salt, issuer, client_id, counter)
    return f"{VERSION}.{key_id}.{base64url.encode(family.bytes)}.{counter}.{base64url.encode(mac)}"


def take_apart(token: str) -> Presented | None:
    """Return the parts, or None for what can't be one of ours."""
    parts = token.split(".")
    if len(parts) != 5 or parts[0] != VERSION or parts[1] not in keyring.key_ids():
        return None
    _, key_id, family, counter, mac = parts
    if not (counter.isascii() and counter.isdigit() and len(counter) <= COUNTER_DIGITS):
        return None
    if str(int(counter)) != counter:  # one spelling each
        return None
    try:
        return Presented(key_id, uuid.UUID(bytes=base64url.decode(family)), int(counter), base64url.decode(mac))
    except ValueError:
        return None


def is_genuine(presented: Presented, *, salt: bytes, issuer: str, client_id: str) -> bool:
    """Whether we made it, for this client, from this row."""
    mac = _mac(presented.key_id, presented.family, salt, issuer, client_id, presented.counter)
    return hmac.compare_digest(mac, presented.mac)


def _mac(key_id: str, family: uuid.UUID, salt: bytes, issuer: str, client_id: str, counter: int) -> bytes:
    message = b"\x00".join((salt.hex().encode(), issuer.encode(), client_id.encode(), family.bytes.hex().encode()))
    return keyring.mac(PURPOSE, message + b"\x00" + str(counter).encode(), key_id)
