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

    `at_once` is how many have theirs; `room` is where as many wait as it lets in, which lines may share; `patience` is
    how long, in seconds.
    """

    def __init__(self, at_once: int, room: threading.Semaphore, patience: float = 10) -> None:
        self._free, self._room, self._patience = at_once, room, patience
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if not self._room.acquire(blocking=False):
                raise Busy
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            if not turn.acquire(timeout=self._patience):
                self._give_up(turn)
        finally:
            self._room.release()

    def _give_up(self, turn: threading.Lock) -> None:
        """Leave, and raise Busy; who was handed their turn at the last moment has it."""
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

    def __init__(self, at_once: int, room: threading.Semaphore, patience: float = 10) -> None:
        self._line = Line(at_once, room, patience)
        self._threads = ThreadPoolExecutor(at_once, "turns", _give_way)

    def take(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it in its turn and return what it comes to. Raises Busy, without doing it, where there is none."""
        with self._line:
            return self._threads.submit(work, *args, **kwargs).result()


def _give_way() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        thread = threading.get_native_id()
        # never less nice than the process is: only the privileged may be, and giving way is the wish
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS))
