"""Codes that a person types: eight letters, easy to read aloud, no vowels to make words of.

34.5 bits could be tried out against a plain hash, so what is kept of one is a keyed hash, with the key's id.
"""

import re
import secrets
import unicodedata
from typing import Final

from idp.ops import keyring

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH: Final = 8
_CODE: Final = re.compile(f"[{ALPHABET}]+")


def new(length: int = LENGTH) -> str:
    """Return a random code, as it is kept between pages: `BCDFGHJK`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def shown(code: str) -> str:
    """Return a code as people see it: `BCDF-GHJK`."""
    return f"{code[:4]}-{code[4:]}"


def read(typed: str | None, length: int = LENGTH) -> str | None:
    """Return the code that somebody typed, in any case and however they part the letters; None for what is none."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed or "").upper()))
    return letters if len(letters) == length and _CODE.fullmatch(letters) else None


def keep(code: str, purpose: str) -> str:
    """Return what is kept of a new code."""
    return _mac(code, purpose, keyring.key_ids()[0])


def kept_as(code: str, purpose: str) -> list[str]:
    """Return all that may be kept of a code: once for each configured key."""
    return [_mac(code, purpose, key_id) for key_id in keyring.key_ids()]


def _mac(code: str, purpose: str, key_id: str) -> str:
    return f"{key_id}.{keyring.mac(purpose, code.encode(), key_id).hex()}"
