"""Nonces (RFC 9449 §8, §9): what proves that a proof was made just now, by our clock and not by the client's.

Nothing is stored: a nonce is the MAC of a minute, so that every process knows those of all others, after a restart too.
It is handed out for a minute and accepted in that one and the next.
"""

import hmac
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from django.conf import settings

from idp.ops import base64url, keyring

PURPOSE: Final = "dpop-nonce"
WINDOW_SECONDS: Final = 60
MAC_BYTES: Final = 16


def current() -> str:
    """Return the nonce of this minute: `<key id>.<MAC>`."""
    return _nonce(keyring.key_ids()[0], _window(), settings.ISSUER_URL)


def end_of(nonce: str) -> datetime | None:
    """Return until when a nonce is accepted, or None where it isn't (any more)."""
    for window in (_window(), _window() - 1):
        for key_id in keyring.key_ids():
            if hmac.compare_digest(_nonce(key_id, window, settings.ISSUER_URL).encode(), nonce.encode()):
                return datetime.fromtimestamp((window + 2) * WINDOW_SECONDS, tz=UTC)
    return None


def _window() -> int:
    return int(time.time()) // WINDOW_SECONDS


@lru_cache(maxsize=16)
def _nonce(key_id: str, window: int, issuer: str) -> str:
    mac = keyring.mac(PURPOSE, f"{issuer}\x00{window}".encode(), key_id)
    return f"{key_id}.{base64url.encode(mac[:MAC_BYTES])}"
