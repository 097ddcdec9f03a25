"""Unguessable handles: whoever holds one knows it, the database knows only its hash."""

import hashlib
import secrets

HANDLE_BYTES = 32


def new() -> str:
    """Return 256 random bits, base64url."""
    return secrets.token_urlsafe(HANDLE_BYTES)


def digest(handle: str) -> str:
    """Return what is kept of a handle: SHA-256, hex. So many random bits need no slow hash."""
    return hashlib.sha256(handle.encode()).hexdigest()
