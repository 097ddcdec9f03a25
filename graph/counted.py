"""Numbers that may grow beyond what GraphQL's Int can say."""

from typing import Final

MOST: Final = 2**31 - 1


def counted(number: int) -> int:
    """Return the number, as far as Int goes."""
    return min(number, MOST)
