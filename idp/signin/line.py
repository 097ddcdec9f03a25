"""Strangers' passwords one after the other: a hash is not all of the work (docs/decisions/password-turns.md)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from idp.users.hashers import WAITING_ROOM
from idp.users.turns import Line

_line = Line(1, WAITING_ROOM)
_until: ContextVar[ExitStack | None] = ContextVar("until", default=None)


@contextmanager
def until_answered() -> Iterator[None]:
    """Who waits for their turn in the block has it until its end."""
    with ExitStack() as until:
        token = _until.set(until)
        try:
            yield
        finally:
            _until.reset(token)


def wait() -> None:
    """Wait for one's turn, once limits and form let a password be tried. Raises Busy. Who has it waits no second time.

    Not to be called in a transaction: whoever has their turn may wait for what that one locks.
    """
    until = _until.get()
    if until is not None:
        _until.set(None)
        until.enter_context(_line)
