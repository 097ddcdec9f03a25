"""A server where no password can be checked now: the only turn is taken, and nobody may wait."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from idp.signin import line
from idp.users import hashers
from idp.users.turns import Line, Turns

NO_ROOM = threading.BoundedSemaphore(0)


@contextmanager
def full_house() -> Iterator[None]:
    """Have it full until the block ends."""
    usual, full = hashers._turns, Turns(1, NO_ROOM)
    begun, over = threading.Event(), threading.Event()

    def linger() -> None:
        begun.set()
        over.wait(60)

    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(full.take, linger)
        assert begun.wait(10)
        hashers._turns = full
        try:
            yield
        finally:
            hashers._turns = usual
            over.set()


@contextmanager
def full_doorstep() -> Iterator[None]:
    """Have another stranger's password be looked at until the block ends, and nobody wait behind it."""
    usual, full = line._line, Line(1, NO_ROOM)
    with full:
        line._line = full
        try:
            yield
        finally:
            line._line = usual
