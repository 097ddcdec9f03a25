"""Which buckets this process knows to be empty: whoever is over a limit is refused without a look at database or Redis.

A memory of one process, that good requests don't pay for: a process learns of an empty bucket by the first failure it
counts there, and forgets it when the bucket has something in it again.
"""

import time
from threading import Lock

MOST = 10_000

_lock = Lock()
_empty_until: dict[tuple[str, str], float] = {}  # on the monotonic clock
_latest = 0.0


def anything() -> bool:
    """Whether any bucket may be empty now: usually none is, and there is nothing to look for."""
    return time.monotonic() < _latest


def remember(name: str, key: str, wait: float) -> None:
    """Keep that a bucket is empty for so many seconds; among too many the one known for longest is forgotten."""
    global _latest  # noqa: PLW0603 - one memory a process
    until = time.monotonic() + wait
    with _lock:
        _empty_until.pop((name, key), None)
        if len(_empty_until) >= MOST:
            _forget()
        _empty_until[name, key] = until
        _latest = max(_latest, until)


def wait_for(name: str, key: str) -> float:
    """Return for how many seconds a bucket is known to be empty; 0 or less: it is not."""
    return _empty_until.get((name, key), 0.0) - time.monotonic()


def _forget() -> None:
    now = time.monotonic()
    for bucket in [bucket for bucket, until in _empty_until.items() if until <= now]:
        del _empty_until[bucket]
    if len(_empty_until) >= MOST:
        del _empty_until[next(iter(_empty_until))]
