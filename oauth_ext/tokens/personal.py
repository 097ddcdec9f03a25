"""Personal access tokens: what somebody makes for their own programs, by name, for some scopes and some time.

`gatehouse_pat.<family>.<secret>`: the secret is a handle, shown once and kept as its hash in the family's row. Scanners
of leaked secrets know such a token when they see it, and no key of ours has to be kept for as long as it lives.
"""

import hmac
import uuid
from typing import Final, NamedTuple

from idp.ops import base64url
from oauth_ext import handles

PREFIX: Final = "gatehouse_pat."


class Presented(NamedTuple):
    """A personal access token taken apart; nothing of it is proved yet."""

    family: uuid.UUID
    secret: str


def make(family: uuid.UUID) -> tuple[str, str]:
    """Return a new token of a family, and what is kept of it."""
    secret = handles.new()
    return f"{PREFIX}{base64url.encode(family.bytes)}.{secret}", handles.digest(secret)


def is_meant(token: str) -> bool:
    """Whether a token says of itself that it is one."""
    return token.startswith(PREFIX)


def take_apart(token: str) -> Presented | None:
    """Return the parts, or None for what can't be one of ours."""
    family, dot, secret = token.removeprefix(PREFIX).partition(".")
    try:
        right = len(base64url.decode(secret)) == handles.HANDLE_BYTES
        return Presented(uuid.UUID(bytes=base64url.decode(family)), secret) if dot and right else None
    except ValueError:
        return None


def is_genuine(presented: Presented, digest: str) -> bool:
    """Whether it is the one of which this was kept; an empty digest is that of no token."""
    return hmac.compare_digest(handles.digest(presented.secret), digest)
