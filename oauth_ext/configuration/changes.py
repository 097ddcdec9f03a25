"""What differs between file and database: each difference with the act that ends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What is done; the sign stands before the line that tells it."""

    CREATE = "+"
    CHANGE = "~"
    REMOVE = "-"


class Difference(NamedTuple):
    """A field, as it is (None where nothing is) and as it shall be. Both are JSON, and neither is a secret."""

    name: str
    old: object
    new: object


@dataclass(frozen=True)
class Change:
    """One row: where it stands in the file, what is done to it, what follows, and the act itself.

    The act runs in a transaction, after all acts before it; it raises `Overtaken` where the row isn't as it was read.
    """

    kind: Kind
    path: str
    act: Callable[[], None]
    differences: list[Difference] = field(default_factory=list)
    note: str = ""


class Overtaken(Exception):
    """Somebody else has changed meanwhile what this would change."""
