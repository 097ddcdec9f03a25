"""What a client sees of a person and of a session is its own."""

import uuid

from idp.ops import base64url, keyring

SID_BYTES = 16


def sub_for(sub: uuid.UUID) -> str:
    """Return the `sub` by which clients know the person of this one (OIDC Core §8): public, the same for all."""
    return str(sub)


def sid_for(sid: uuid.UUID, client_id: str) -> str:
    """Return the `sid` by which a client knows the session of this one: keyed, 128 bits, telling of no other client's.

    Under the oldest key, which stays longest: a `sid` has to mean the same while a session lives.
    """
    message = b"\x00".join((sid.bytes.hex().encode(), client_id.encode()))
    return base64url.encode(keyring.mac("client-sid", message, keyring.key_ids()[-1])[:SID_BYTES])
