"""Work that is dear goes by turns: so many at once, so many waiting, the rest is told so."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from idp.users.errors import Busy
from idp.users.turns import NICENESS, Line, Turns


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    """As a server's threads."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def occupy(turns: Turns, callers: ThreadPoolExecutor, done: threading.Event) -> Future[bool]:
    """Have one be at it until `done`."""
    begun = threading.Event()

    def linger() -> bool:
        begun.set()
        return done.wait(10)

    result = callers.submit(turns.take, linger)
    assert begun.wait(10)
    return result


def wait_for(line: Line, waiting: int) -> None:
    """Return once so many wait in it."""
    while len(line._waiting) < waiting:
        time.sleep(0.001)


def test_they_come_in_the_order_in_which_they_waited(callers):
    line, served = Line(1, waiting=5), []

    def come(number: int) -> None:
        with line:
            served.append(number)

    with line:
        waiting = []
        for number in range(5):
            waiting.append(callers.submit(come, number))
            wait_for(line, number + 1)
    come(5)  # has to wait too, though nobody is at it at this moment
    for each in waiting:
        each.result(10)
    assert served == [0, 1, 2, 3, 4, 5]


def test_one_too_many_is_told_at_once_and_the_others_have_their_turn(callers):
    turns, done = Turns(1, waiting=2), threading.Event()
    first = occupy(turns, callers, done)
    waiting = [callers.submit(turns.take, str, number) for number in range(2)]
    wait_for(turns._line, 2)
    with pytest.raises(Busy):
        turns.take(str, "one too many")
    done.set()
    assert [first.result(10), *(each.result(10) for each in waiting)] == [True, "0", "1"]
    assert turns.take(str, "there is room again") == "there is room again"


def test_who_waited_too_long_is_told_and_nothing_is_done_any_more(callers):
    turns, done, acted = Turns(1, waiting=1, patience=0.05), threading.Event(), []
    first = occupy(turns, callers, done)
    with pytest.raises(Busy):
        turns.take(acted.append, "late")
    done.set()
    assert first.result(10) is True  # it had begun, however long it took
    assert turns.take(lambda: list(acted)) == []


def test_what_goes_wrong_is_told_and_leaves_no_place_taken():
    turns = Turns(1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            turns.take(divmod, 1, 0)
    assert turns.take(divmod, 7, 2) == (3, 1)


def test_it_gives_way_to_whoever_asked():
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert Turns(1, waiting=0).take(niceness) == max(before, NICENESS)
    assert niceness() == before
