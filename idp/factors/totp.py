"""Six digits that change every half minute (RFC 6238), by the clock alone."""

import base64
import hmac
import secrets
import time
import unicodedata
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

SECRET_BYTES: Final = 20  # as long as SHA-1's output (RFC 4226 §4, R6)
DIGITS: Final = 6
PERIOD: Final = 30  # seconds
TOLERANCE: Final = 1  # periods that a clock may be off, either way (RFC 6238 §5.2)


def new_secret() -> bytes:
    """Return a random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """Return a secret as it is typed into an app: base32."""
    return base64.b32encode(secret).decode()


def uri(secret: bytes, *, issuer: str, account: str) -> str:
    """Return the `otpauth:` URI that apps read out of a picture."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': shown(secret), 'issuer': issuer}, quote_via=quote)}"


def code(secret: bytes, counter: int) -> str:
    """Return the digits of a period."""
    # SHA-1 is what apps do by default; HMAC doesn't rest on its collisions
    return HOTP(secret, DIGITS, SHA1()).generate(counter).decode()  # noqa: S303


def counter_now() -> int:
    """Return the number of the period that it is."""
    return int(time.time()) // PERIOD


def counter_of(secret: bytes, typed: str) -> int | None:
    """Return the number of the period whose code was typed, of those that may be by now; None if there is none."""
    digits = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed)))
    now = counter_now()
    found = None
    for counter in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(code(secret, counter).encode(), digits.encode()):
            found = counter
    return found
