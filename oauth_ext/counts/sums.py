"""Numbers added up in this process's memory."""

import time
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

DAY = 86400


class Key(NamedTuple):
    """What is counted together: on a day (whole days of UTC since 1970), for a client, of a kind."""

    day: int
    client_pk: int
    kind: str


class Sums:
    """Numbers that many threads add to, until one takes them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers: dict[tuple[int, int, str], int] = {}

    def add(self, client_pk: int, kind: str) -> None:
        """Add one, today."""
        # a plain tuple, which a Key is equal to: a request waits for this
        key = (int(time.time()) // DAY, client_pk, kind)
        with self._lock:
            self._numbers[key] = self._numbers.get(key, 0) + 1

    def take(self) -> dict[Key, int]:
        """Return the numbers, and begin anew."""
        with self._lock:
            taken, self._numbers = self._numbers, {}
        return {Key(*key): number for key, number in taken.items()}

    def put_back(self, numbers: Mapping[Key, int]) -> None:
        """Add what was taken and not used."""
        with self._lock:
            for key, number in numbers.items():
                self._numbers[key] = self._numbers.get(key, 0) + number
