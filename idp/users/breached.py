"""Passwords that are known to attackers, looked up without asking anybody: a Bloom filter beside this file.

Some 900 KiB hold the passwords of the lists that `idp.dev.breached_passwords` names.
A password of the lists is always found; about one in 15,000 others is taken for one of them.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("breached.bloom")
BITS_EACH: Final = 20
HASHES: Final = 14


def contains(password: str) -> bool:
    """Whether a password, in the form of `passwords.folded`, is on the lists."""
    bits = _bits()
    return all(bits[place >> 3] >> (place & 7) & 1 for place in places(password, len(bits) * 8))


def places(password: str, size: int) -> Iterator[int]:
    """Return which of so many bits stand for a password: its SHA-256 makes two numbers, and these the rest."""
    digest = hashlib.sha256(password.encode()).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return ((first + number * step) % size for number in range(HASHES))


@cache
def _bits() -> bytes:
    return FILE.read_bytes()
