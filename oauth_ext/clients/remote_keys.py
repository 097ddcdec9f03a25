"""The keys at a client's `jwks_uri` (RFC 7591 §2): fetched when they are needed, kept for minutes in each process.

A `kid` that isn't there has them fetched once more, as clients change keys; but no address is asked more than once a
minute, so that strangers can't have us ask.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Final

import structlog
from joserfc.jwk import Key

from idp.ops.outbound import Unreachable
from oauth_ext.clients import documents, jwks

FRESH_SECONDS: Final = 300
# Before that no address is asked again, whatever it said.
PAUSE_SECONDS: Final = 60
MOST_ADDRESSES: Final = 1000
WAITING: Final = BoundedSemaphore(16)
"""Of a process's threads so many wait for keys that another fetches: a slow host doesn't take them all."""
NEVER: Final = float("-inf")

log = structlog.get_logger(__name__)


@dataclass
class _Kept:
    """What an address said last; times are of the monotonic clock."""

    keys: list[jwks.Jwk] = field(default_factory=list)
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


def find(uri: str, algorithm: str, kid: str | None, places: BoundedSemaphore = documents.CLIENTS) -> Key | None:
    """Return the key at the address that a header means, or None. Not inside a transaction: it may take seconds.

    `places` are those of `documents`, of which asking takes one.

    Keys that can't be fetched any more prove nothing: a client withdraws one by taking it off.
    """
    kept = _entry(uri)
    if kept.is_fresh and (key := jwks.choose(kept.keys, algorithm, kid)):
        return key
    if not _have_turn(kept):
        return None
    try:
        if kept.may_be_asked:
            _fetch(uri, kept, places)
    finally:
        kept.asking.release()
    return jwks.choose(kept.keys, algorithm, kid) if kept.is_fresh else None


def _have_turn(kept: _Kept) -> bool:
    """Get hold of `asking`, after a wait where another asks already; false where there is none for this one."""
    if kept.asking.acquire(blocking=False):
        return True
    # who only brings an unknown `kid` doesn't wait
    if kept.is_fresh or not WAITING.acquire(blocking=False):
        return False
    try:
        return kept.asking.acquire()
    finally:
        WAITING.release()


def _fetch(uri: str, kept: _Kept, places: BoundedSemaphore) -> None:
    before, kept.asked_at = kept.asked_at, time.monotonic()
    try:
        document, _ = documents.fetch(uri, places=places)
    except documents.NoPlace:
        kept.asked_at = before
        return
    except Unreachable as error:
        log.warning("client.keys_unreachable", uri=uri, reason=str(error))
        return
    kept.keys, kept.fetched_at = jwks.keys_of(document) or [], time.monotonic()


def _entry(uri: str) -> _Kept:
    with _keeping:
        kept = _kept.setdefault(uri, _Kept())
        _kept.move_to_end(uri)
        if len(_kept) > MOST_ADDRESSES:
            _kept.popitem(last=False)
        return kept


def forget() -> None:
    """Forget everything."""
    with _keeping:
        _kept.clear()
