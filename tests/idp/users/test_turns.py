"""Work that is dear goes by turns: so many at once, so many waiting, the rest is told so."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from idp.users.errors import Busy
from idp.users.turns import NICENESS, Line, Turns
from tests.stack.gatehouse import ROOT


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


def room(places: int) -> threading.Semaphore:
    """A waiting room."""
    return threading.BoundedSemaphore(places)


def wait_for(line: Line, waiting: int) -> None:
    """Return once so many wait in it."""
    while len(line._waiting) < waiting:
        time.sleep(0.001)


def test_they_come_in_the_order_in_which_they_waited(callers):
    line, served = Line(1, room(6)), []

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
    turns, done = Turns(1, room(2)), threading.Event()
    first = occupy(turns, callers, done)
    waiting = [callers.submit(turns.take, str, number) for number in range(2)]
    wait_for(turns._line, 2)
    with pytest.raises(Busy):
        turns.take(str, "one too many")
    done.set()
    assert [first.result(10), *(each.result(10) for each in waiting)] == [True, "0", "1"]
    assert turns.take(str, "there is room again") == "there is room again"


def test_lines_that_share_a_room_hold_no_more_together(callers):
    shared = room(1)
    one, other = Line(1, shared), Line(1, shared)

    def come():
        with one:
            return True

    with one, other:
        waiting = callers.submit(come)
        wait_for(one, 1)
        with pytest.raises(Busy), other:
            pass
    assert waiting.result(10) is True
    with one, other:
        waiting = callers.submit(come)
        wait_for(one, 1)
    assert waiting.result(10) is True


def test_who_is_handed_the_turn_in_the_moment_of_giving_up_has_it_and_gives_it_back(callers):
    line = Line(1, room(1), patience=0.01)

    def come():
        with line:
            return True

    line.__enter__()
    late = callers.submit(come)
    wait_for(line, 1)
    with line._lock:  # it waits for this to give up
        time.sleep(0.1)
        line._waiting.popleft().release()  # as leaving the line does
    assert late.result(10) is True
    with line:
        pass


def test_who_waited_too_long_is_told_and_nothing_is_done_any_more(callers):
    turns, done, acted = Turns(1, room(1), patience=0.05), threading.Event(), []
    first = occupy(turns, callers, done)
    with pytest.raises(Busy):
        turns.take(acted.append, "late")
    done.set()
    assert first.result(10) is True  # it had begun, however long it took
    assert turns.take(lambda: list(acted)) == []


def test_what_goes_wrong_is_told_and_leaves_no_place_taken():
    turns = Turns(1, room(0))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            turns.take(divmod, 1, 0)
    assert turns.take(divmod, 7, 2) == (3, 1)


def test_it_gives_way_to_whoever_asked():
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert Turns(1, room(0)).take(niceness) == max(before, NICENESS)
    assert niceness() == before


def test_it_stays_as_nice_as_a_server_that_is_nicer():
    code = (
        "import os, threading; from idp.users.turns import Turns; "
        "own = lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()); "
        "print(Turns(1, threading.Semaphore(0)).take(own))"
    )
    said = subprocess.run(["nice", "-n", "19", sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert said.stdout == b"19\n"
