"""Password hashing that cannot starve the rest: it goes by turns.

What is hashed is the NFKC form, when a password is set and when it is checked: all ways lead through here.
"""

import os
import sys
import threading
import unicodedata

from django.conf import settings
from django.contrib.auth import hashers
from typing_extensions import override

from idp.users.turns import Turns

# Argon2id takes some 20 ms of a core and 19 MiB: one for each core but one, so that tokens are still issued.
CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
AT_ONCE = max(1, CORES - 1)
WAITING_ROOM = threading.BoundedSemaphore(settings.PASSWORDS_WAITING)
"""Of all in a process that wait with a password, whatever for: a thread that waits is one less for the others."""

_turns = Turns(AT_ONCE, WAITING_ROOM)


class Argon2idHasher(hashers.Argon2PasswordHasher):
    """Argon2id with OWASP's parameters of 19 MiB, two passes, one lane; other hashes are upgraded at sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    @override
    def encode(self, password: str, salt: str) -> str:
        """Hash a password in its turn. Raises Busy."""
        return _turns.take(super().encode, _normalised(password), salt)

    @override
    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash in its turn. Raises Busy."""
        return _turns.take(super().verify, _normalised(password), encoded)


class PBKDF2Hasher(hashers.PBKDF2PasswordHasher):
    """What Django's own default wrote, for people who come from elsewhere."""

    @override
    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Hash a password in its turn; `verify` hashes by this too. Raises Busy."""
        return _turns.take(super().encode, _normalised(password), salt, iterations)


def _normalised(password: str) -> str:
    """Return the form of `idp.users.passwords.normalised`; what is no text is nobody's password, and no error."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass").decode(errors="replace")
