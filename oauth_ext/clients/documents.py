"""JSON documents at addresses that clients named, through the one door for such addresses (idp/ops/outbound.py)."""

from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Final

import orjson

from idp.ops import outbound
from idp.ops.outbound import Unreachable

# Of a process's threads so many wait for strangers at once; whoever comes on top is told no, at once.
AT_ONCE: Final = 4
_asking = BoundedSemaphore(AT_ONCE)


def fetch(url: str, *, max_bytes: int = outbound.MAX_BYTES) -> tuple[dict[str, object], Mapping[str, str]]:
    """Return the JSON object that a URL answers with status 200, and the answer's headers; raises `Unreachable`."""
    if not _asking.acquire(blocking=False):
        raise Unreachable("too many are asked at once")
    try:
        answered = outbound.get(url, max_bytes=max_bytes)
    finally:
        _asking.release()
    if answered.status != 200:
        raise Unreachable(f"status {answered.status}")
    try:
        document = orjson.loads(answered.body)
    except ValueError as error:  # JSONDecodeError is one
        raise Unreachable("not JSON") from error
    if not isinstance(document, dict):
        raise Unreachable("not a JSON object")
    return document, answered.headers
