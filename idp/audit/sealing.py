"""Sealing what is over, and finding out whether it still says what it said then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from idp.audit import writing
from idp.audit.following import LONGEST_TRANSACTION_SECONDS
from idp.audit.models import AuditEvent, AuditSeal

MINUTE: Final = timedelta(minutes=1)
AT_ONCE: Final = 500  # seals
CHUNK: Final = 1000  # rows

log = structlog.get_logger(__name__)


def seal_closed() -> int:
    """Seal each minute that is over and in which something happened; return how many. The rest comes next.

    Over is one in which no transaction can still have written. Two who do it at once make one seal. Its digest goes to
    the log, where whoever owns the database doesn't reach it.
    """
    closed = timezone.now() - timedelta(seconds=LONGEST_TRANSACTION_SECONDS)
    made = 0
    while made < AT_ONCE:
        last = AuditSeal.objects.order_by("-until").first()
        first = covered(last, None).order_by("at").values_list("at", flat=True).first()
        if first is None or (until := first.replace(second=0, microsecond=0) + MINUTE) > closed:
            break
        try:
            with transaction.atomic():
                made_one = _seal(last, until)
        except IntegrityError:
            break
        log.info("trail sealed", until=made_one.until.isoformat(), events=made_one.events, digest=made_one.digest)
        made += 1
    return made


def covered(last: AuditSeal | None, until: datetime | None) -> QuerySet[AuditEvent]:
    """Return the rows written from the last seal until a time, in the order in which they are sealed."""
    rows = AuditEvent.objects.order_by("at", "pk")
    if last is not None:
        rows = rows.filter(at__gte=last.until)
    return rows if until is None else rows.filter(at__lt=until)


def _seal(last: AuditSeal | None, until: datetime) -> AuditSeal:
    rows = covered(last, until).iterator(chunk_size=CHUNK)
    events, content = writing.digest_of(writing.line(writing.event(row)) for row in rows)
    made = AuditSeal(until=until, events=events, content=content, previous=last.digest if last else writing.FIRST)
    made.digest = digest(made)
    made.save(force_insert=True)
    return made


def digest(seal: AuditSeal) -> str:
    """Return what ties a seal to all before it."""
    return writing.digest_of([writing.line(writing.seal(seal))])[1]


def wrongs() -> Iterator[str]:
    """Yield, in one sentence each, what is no longer as it was sealed. What retention has cut is no wrong."""
    kept = timedelta(days=settings.AUDIT_RETENTION_DAYS)
    cut = AuditSeal.objects.filter(cut_at__isnull=False).order_by("-until").values_list("until", flat=True).first()
    last: AuditSeal | None = None
    for seal in AuditSeal.objects.order_by("until").iterator(chunk_size=CHUNK):
        if seal.previous != (last.digest if last else writing.FIRST):
            yield f"{seal} does not follow on the seal before it: one was taken away, or put in."
        if seal.digest != digest(seal):
            yield f"{seal} is not the seal that was made."
        if seal.cut_at and (not kept or seal.cut_at < seal.until + kept):
            yield f"{seal} was cut on {seal.cut_at:%Y-%m-%d}, earlier than AUDIT_RETENTION_DAYS says."
        if cut is None or seal.until > cut:
            rows = covered(last, seal.until).iterator(chunk_size=CHUNK)
            events, content = writing.digest_of(writing.line(writing.event(row)) for row in rows)
            if (events, content) != (seal.events, seal.content):
                yield f"{seal} had {seal.events} events; now it has {events}, or others."
        last = seal
