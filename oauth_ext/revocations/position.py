"""Where a reader of the trail is, so that nothing it has passed is lost.

A row gets its number when it is written and is seen when its transaction commits: one with a lower number may come
later. A position therefore names the lower numbers that were not seen, until they are, or until no transaction can
still bring them: one that was rolled back never comes.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from idp.audit.services import LONGEST_TRANSACTION_SECONDS

MOST_MISSING: Final = 1000  # far more than transactions at once; each takes some 20 bytes of a cursor


@dataclass
class Position:
    """Behind the row `last`; `missing` are lower numbers, by when they were missed.

    What was written until `at` is behind it, but for those. Times are seconds since the epoch.
    """

    last: int
    at: float
    missing: dict[int, float] = field(default_factory=dict)

    def see(self, pk: int, at: datetime) -> None:
        """Move behind a row; rows come in the order of their numbers."""
        seconds = at.timestamp()
        self.missing.pop(pk, None)
        if pk > self.last:
            skipped = range(max(self.last + 1, pk - MOST_MISSING), pk)
            self.missing |= dict.fromkeys(skipped, seconds)
            self.last, self.at = pk, max(self.at, seconds)

    def rest(self, now: datetime, *, at_end: bool) -> None:
        """Stay here: give up what no transaction can still bring, and of too many the lowest."""
        if at_end:
            self.at = now.timestamp()
        oldest = now.timestamp() - LONGEST_TRANSACTION_SECONDS
        may_come = sorted(pk for pk, missed in self.missing.items() if missed >= oldest)
        self.missing = {pk: self.missing[pk] for pk in may_come[-MOST_MISSING:]}

    def copy(self) -> "Position":
        """Return one that moves by itself."""
        return replace(self, missing=dict(self.missing))

    def written(self) -> bytes:
        """Return it as JSON."""
        return json.dumps([self.last, self.at, list(self.missing.items())], separators=(",", ":")).encode()

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Return what was written."""
        last, at, missing = json.loads(written)
        return cls(last, at, dict(missing))
