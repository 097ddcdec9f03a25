"""Taking turns at work that is dear: so many at once, a few waiting, and no more.

It is done by threads of its own, which give way to those that answer requests. Who waits keeps a thread of the server
that others want: where too many wait, one more is told so at once.
"""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from idp.users.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

NICENESS: Final = 10
"""A thread that holds the interpreter's lock is waited for by all: much lower, and they wait for it to get a core."""


class Turns:
    """`at_once` and `waiting` are how many; `patience` is how long one waits, in seconds."""

    def __init__(self, at_once: int, waiting: int, patience: float = 10) -> None:
        self._patience = patience
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._threads = ThreadPoolExecutor(at_once, "turns", _give_way)

    def take(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it in its turn and return what it comes to. Raises Busy, without doing it, where there is none."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            turn = self._threads.submit(work, *args, **kwargs)
            try:
                return turn.result(self._patience)
            except TimeoutError:
                if turn.cancel():
                    raise Busy from None
                return turn.result()
        finally:
            self._places.release()


def _give_way() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
