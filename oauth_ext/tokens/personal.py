"""Personal access tokens: what somebody makes for their own programs, by name, for some scopes and some time.

`gatehouse_pat.<family>.<secret>`: 32 random bytes that are shown once and kept as their SHA-256 in the family's row, so
that scanners of leaked secrets know one when they see it, and no key of ours has to be kept for as long as it lives.
"""

import hashlib
import hmac
import secrets
import uuid
from typing import Final, NamedTuple

from idp.ops import base64url

PREFIX: Final = "gatehouse_pat."
SECRET_BYTES: Final = 32


class Presented(NamedTuple):
    """A personal access token taken apart; nothing of it is proved yet."""

    family: uuid.UUID
    secret: bytes


def make(family: uuid.UUID) -> tuple[str, str]:
    """Return a new token of a family, and what is kept of it."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return f"{PREFIX}{base64url.encode(family.bytes)}.{base64url.encode(secret)}", _digest(secret)


def is_meant(token: str) -> bool:
    """Whether a token says of itself that it is one."""
    return token.startswith(PREFIX)


def take_apart(token: str) -> Presented | None:
    """Return the parts, or None for what can't be one of ours."""
    family, dot, secret = token.removeprefix(PREFIX).partition(".")
    try:
        presented = Presented(uuid.UUID(bytes=base64url.decode(family)), base64url.decode(secret))
    except ValueError:
        return None
    return presented if dot and len(presented.secret) == SECRET_BYTES else None


def is_genuine(presented: Presented, digest: str) -> bool:
    """Whether it is the one of which this was kept; an empty digest is that of no token."""
    return hmac.compare_digest(_digest(presented.secret), digest)


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()
