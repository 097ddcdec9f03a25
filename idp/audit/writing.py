"""How a row of the trail and a seal are written as JSON: to be digested, and to be exported."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from idp.audit.models import AuditEvent, AuditSeal

FIRST = "0" * 64  # stands for the digest before the first seal


def event(row: AuditEvent) -> dict[str, object]:
    """Return what is sealed of a row: all but the network it came from, which may be erased."""
    return {
        "id": row.pk,
        "at": _time(row.at),
        "event": row.event,
        "by_user": row.by_user and str(row.by_user),
        "by_client": row.by_client,
        "for_user": row.for_user and str(row.for_user),
        "for_client": row.for_client,
        "details": row.details,
    }


def seal(row: AuditSeal) -> dict[str, object]:
    """Return what is digested of a seal."""
    return {"until": _time(row.until), "events": row.events, "content": row.content, "previous": row.previous}


def line(written: dict[str, object]) -> str:
    """Return JSON in one line, its keys sorted and nothing between them, so that everybody gets the same digest."""
    return json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(lines: Iterable[str]) -> tuple[int, str]:
    """Return how many lines there are, and the SHA-256 of them, each with its line feed, in hex."""
    number, digest = 0, hashlib.sha256()
    for each in lines:
        digest.update(each.encode() + b"\n")
        number += 1
    return number, digest.hexdigest()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
