"""Taking turns at work that is dear: so many at once, a few waiting, and no more.

Who waits keeps a thread of the server that others want: where too many wait, one more is told so at once.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from idp.users.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

NICENESS: Final = 10
"""A thread that holds the interpreter's lock is waited for by all: much lower, and they wait for it to get a core."""


class Line:
    """`with line:` waits for one's turn, in the order in which they came. Raises Busy where there is none.

    `at_once` and `waiting` are how many; `patience` is how long one waits, in seconds.
    """

    def __init__(self, at_once: int, waiting: int, patience: float = 10) -> None:
        self._free, self._places, self._patience = at_once, waiting, patience
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._waiting) >= self._places:
                raise Busy
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=self._patience):
            return
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise Busy

    def __exit__(self, *_error: object) -> None:
        """Hand it to whoever waits longest: who comes just now is not served before them."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class Turns:
    """A line, for work that is done by threads of its own, which give way to those that answer requests."""

    def __init__(self, at_once: int, waiting: int, patience: float = 10) -> None:
        self._line = Line(at_once, waiting, patience)
        self._threads = ThreadPoolExecutor(at_once, "turns", _give_way)

    def take(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it in its turn and return what it comes to. Raises Busy, without doing it, where there is none."""
        with self._line:
            return self._threads.submit(work, *args, **kwargs).result()


def _give_way() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
