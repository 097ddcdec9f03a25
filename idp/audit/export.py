"""The trail as JSON lines, with its seals, so that whoever has them can tell whether they are whole."""

from collections.abc import Iterator
from datetime import datetime

from idp.audit import writing
from idp.audit.models import AuditSeal
from idp.audit.sealing import CHUNK, covered


def lines(since: datetime | None = None) -> Iterator[str]:
    """Yield a line for each event, oldest first, and after those that it covers one for each seal.

    `{"event": …, "network": …}` has as its event what is digested of it; `{"seal": …}` has what is digested of it, its
    `digest`, and whether its rows are `cut`. With `since` what was sealed before is left out.
    """
    seals = AuditSeal.objects.order_by("until")
    last: AuditSeal | None = None
    if since is not None:
        last = seals.filter(until__lte=since).last()
        seals = seals.filter(until__gt=since)
    for seal in seals.iterator(chunk_size=CHUNK):
        yield from _events(last, seal.until)
        told = writing.seal(seal) | {"digest": seal.digest, "cut": seal.cut_at is not None}
        yield writing.line({"seal": told})
        last = seal
    yield from _events(last, None)


def _events(last: AuditSeal | None, until: datetime | None) -> Iterator[str]:
    for row in covered(last, until).iterator(chunk_size=CHUNK):
        yield writing.line({"event": writing.event(row), "network": row.network})
