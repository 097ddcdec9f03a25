"""What can be wrong with a JWT that is given to us, and with the keys that we sign with."""

from collections.abc import Mapping
from datetime import datetime


class InvalidJWT(Exception):
    """Not a JWT that we signed for this use, or no longer live; callers say no more than that."""


class KeyUnusable(Exception):
    """The active key of an algorithm doesn't open: `ENCRYPTION_KEYS` lacks what it was sealed under, or it is damaged.

    Its text names the key and what is missing, no secret.
    """


class TokenOutlivesKey(ValueError):
    """A token to be signed would end after its key may have left JWKS: a lifetime above `times.LONGEST_TOKEN`."""


class PublishedTooLately(Exception):
    """Next keys that clients may not know yet: from when each may sign, by algorithm."""

    def __init__(self, until: Mapping[str, datetime]) -> None:
        super().__init__(", ".join(f"{name} not before {time:%Y-%m-%d %H:%M} UTC" for name, time in until.items()))
        self.until = until
