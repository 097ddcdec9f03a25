"""base64url without padding (RFC 7515 §2), in one spelling each: what is compared or hashed as text has one form."""

from base64 import b64decode, urlsafe_b64encode

import orjson


def encode(raw: bytes) -> str:
    """Return the text of bytes."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of a text; raises ValueError for any but what `encode` writes."""
    raw = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode(raw) != text:
        raise ValueError("not base64url as we write it")
    return raw


def decode_object(text: str) -> dict[str, object]:
    """Return the JSON object in a part of a JWS (RFC 7515 §3.1); raises ValueError for anything else."""
    value = orjson.loads(decode(text))  # its JSONDecodeError is a ValueError
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - of a text, as the others
    return value
