"""What is wrong with a registration."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing: the field by RFC 7591's name, a sentence and, in a list, which of its entries (from 0)."""

    field: str
    sentence: str
    entry: int | None = None
