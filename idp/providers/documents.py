"""JSON documents of other providers: fetched when they are needed, kept for minutes in each process.

No address is asked again within seconds, whatever it said, so that strangers can't have us ask one that is slow.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Final

import orjson

from idp.ops import outbound
from idp.ops.outbound import Answered, Unreachable
from idp.providers.errors import Untrusted

FRESH_SECONDS: Final = 300
PAUSE_SECONDS: Final = 10
MOST_ADDRESSES: Final = 200
AT_ONCE: Final = 4  # of a process's threads; whoever comes on top is told no, at once
WAITING: Final = BoundedSemaphore(16)
"""Of a process's threads so many wait for what another asks: a provider that is slow doesn't take them all."""
NEVER: Final = float("-inf")

Document = dict[str, object]
_places = BoundedSemaphore(AT_ONCE)


class NotAsked(Untrusted):
    """Too many were being asked at that moment."""


@dataclass
class _Kept:
    """What an address said last; times are of the monotonic clock."""

    document: Document = field(default_factory=dict)
    fetched_at: float = NEVER
    asked_at: float = NEVER
    asking: Lock = field(default_factory=Lock)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.fetched_at + FRESH_SECONDS

    @property
    def may_be_asked(self) -> bool:
        return time.monotonic() >= self.asked_at + PAUSE_SECONDS


_kept: OrderedDict[str, _Kept] = OrderedDict()
_keeping = Lock()


def get(url: str, *, anew: bool = False) -> Document:
    """Return the JSON object at a URL, `anew` if it may be asked again already. Raises Untrusted.

    Not inside a transaction: it may take seconds.
    """
    kept = _entry(url)
    if kept.is_fresh and not anew:
        return kept.document
    with _turn(kept):
        if kept.may_be_asked and (anew or not kept.is_fresh):
            _fetch(url, kept)
        if not kept.is_fresh:
            raise Untrusted("it was asked a moment ago, in vain")
        return kept.document


@contextmanager
def _turn(kept: _Kept) -> Iterator[None]:
    """Be the one who asks, after a wait where another does already. Raises Untrusted."""
    if not kept.asking.acquire(blocking=False):
        if not WAITING.acquire(blocking=False):
            raise Untrusted("too many wait for it")
        try:
            kept.asking.acquire()
        finally:
            WAITING.release()
    try:
        yield
    finally:
        kept.asking.release()


def _fetch(url: str, kept: _Kept) -> None:
    """Ask, and keep the answer; while the last one is fresh, none is no error. Raises Untrusted."""
    before, kept.asked_at = kept.asked_at, time.monotonic()
    try:
        kept.document = ask(url)
    except Untrusted as error:
        if isinstance(error, NotAsked):
            kept.asked_at = before
        if not kept.is_fresh:
            raise
    else:
        kept.fetched_at = time.monotonic()


def ask(url: str, *, form: bytes | None = None, authorization: str = "") -> Document:
    """Return the JSON object that a URL answers now with status 200, to a form if there is one. Raises Untrusted."""
    headers = {"Authorization": authorization} if authorization else {}
    if not _places.acquire(blocking=False):
        raise NotAsked("too many are asked at once")
    try:
        answered = _send(url, form, headers)
    except Unreachable as error:
        raise Untrusted(str(error)) from error
    finally:
        _places.release()
    if answered.status != 200:
        raise Untrusted(f"status {answered.status}")
    try:
        document = orjson.loads(answered.body)
    except ValueError as error:
        raise Untrusted("not JSON") from error
    if not isinstance(document, dict):
        raise Untrusted("not a JSON object")
    return document


def forget() -> None:
    """Forget everything."""
    with _keeping:
        _kept.clear()


def _send(url: str, form: bytes | None, headers: dict[str, str]) -> Answered:
    return outbound.get(url, headers=headers) if form is None else outbound.post_form(url, form, headers=headers)


def _entry(url: str) -> _Kept:
    with _keeping:
        kept = _kept.setdefault(url, _Kept())
        _kept.move_to_end(url)
        if len(_kept) > MOST_ADDRESSES:
            _kept.popitem(last=False)
        return kept
