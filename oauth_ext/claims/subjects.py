"""What a client sees of a person and of a session is its own."""

import uuid

from idp.models import Session, User
from idp.ops import keyring
from oauth_ext.keys.jws import encode

SID_BYTES = 16


def sub_for(user: User) -> str:
    """Return the `sub` by which clients know a person (OIDC Core §8): public, the same for all."""
    return str(user.sub)


def sid_for(session: Session, client_id: str) -> str:
    """Return the `sid` by which a client knows a session: nobody else's, and telling of no other's."""
    return sid_of(session.sid, client_id)


def sid_of(sid: uuid.UUID, client_id: str) -> str:
    """Return the same from the session's own `sid`: keyed, 128 bits, base64url.

    Under the oldest key, which stays longest: a `sid` has to mean the same while a session lives.
    """
    message = b"\x00".join((sid.bytes.hex().encode(), client_id.encode()))
    return encode(keyring.mac("client-sid", message, keyring.key_ids()[-1])[:SID_BYTES])
