"""JSON documents at addresses that clients named, through the one door for such addresses (idp/ops/outbound.py)."""

from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Final

import orjson

from idp.ops import outbound
from idp.ops.outbound import Unreachable

# Of a process's threads so many wait at once; whoever comes on top is told no, at once. Strangers, who registered
# themselves or are about to, take no place of those whom the operator knows.
AT_ONCE: Final = 4
CLIENTS: Final = BoundedSemaphore(AT_ONCE)
STRANGERS: Final = BoundedSemaphore(AT_ONCE)


class NoPlace(Unreachable):
    """Nobody was asked: as many as may are waiting already."""


def fetch(
    url: str, *, max_bytes: int = outbound.MAX_BYTES, places: BoundedSemaphore = CLIENTS
) -> tuple[dict[str, object], Mapping[str, str]]:
    """Return the JSON object that a URL answers with status 200, and the answer's headers; raises `Unreachable`."""
    document, headers = read(url, max_bytes=max_bytes, places=places)
    if not isinstance(document, dict):
        raise Unreachable("not a JSON object")
    return document, headers


def read(
    url: str, *, max_bytes: int = outbound.MAX_BYTES, places: BoundedSemaphore = CLIENTS
) -> tuple[object, Mapping[str, str]]:
    """Return what a URL answers with status 200, read as JSON, and the headers; raises `Unreachable`."""
    if not places.acquire(blocking=False):
        raise NoPlace("too many are asked at once")
    try:
        answered = outbound.get(url, max_bytes=max_bytes)
    finally:
        places.release()
    if answered.status != 200:
        raise Unreachable(f"status {answered.status}")
    try:
        return orjson.loads(answered.body), answered.headers
    except ValueError as error:  # JSONDecodeError is one
        raise Unreachable("not JSON") from error
