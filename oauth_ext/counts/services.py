"""Counting what clients do: a request adds to a sum in memory, and nothing else; a thread writes the sums down.

Counted are refreshes that were answered with tokens, one repeated within the grace too, for it was answered; and checks
that found a token good, whoever asked and for whatever, for the client that the token was issued to. A request that has
two tokens judged did two checks, be it the same one twice (`{ me { sub } validateToken(token:) { active } }` of the
caller's own), and is counted as two. A bad token is nobody's, whatever it says, so it is not counted.
"""

import os
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from threading import Lock
from typing import Final, NamedTuple

from django.utils import timezone

from oauth_ext.counts import table, writer
from oauth_ext.counts.models import ClientCount, Kind
from oauth_ext.counts.sums import Sums

BITE: Final = 1000  # rows of a statement
REFRESH: Final = Kind.REFRESH.value
CHECK: Final = Kind.CHECK.value

_sums = Sums()
_writing = Lock()


def refreshed(client_pk: int) -> None:
    """Count a refresh."""
    _sums.add(client_pk, REFRESH)
    if not writer.started:
        writer.start(write)


def checked(client_pk: int) -> None:
    """Count a check."""
    _sums.add(client_pk, CHECK)
    if not writer.started:
        writer.start(write)


def write() -> None:
    """Write what this process has counted: a statement for each thousand rows, none where there is nothing.

    What could not be written is kept for next time, whatever was raised. Should the connection break after the
    database has committed and before it says so, a statement's numbers count twice.
    """
    with _writing:
        left = sorted(_sums.take().items())
        try:
            while left:
                table.add(left[:BITE])
                left = left[BITE:]
        finally:
            _sums.put_back(dict(left))


class Used(NamedTuple):
    """What a client did on a day."""

    day: date
    refreshes: int
    checks: int


def used(client_pks: Collection[int], *, days: int) -> dict[int, list[Used]]:
    """Return by client what was written of the last so many days, today's included, the newest first.

    One statement. Days and clients without any are left out.
    """
    since = timezone.now().date() - timedelta(days=days - 1)
    rows = ClientCount.objects.filter(client_id__in=client_pks, day__gte=since).order_by("client_id", "-day")
    numbers: dict[int, dict[date, dict[str, int]]] = {}
    for client_pk, day, kind, number in rows.values_list("client_id", "day", "kind", "number"):
        numbers.setdefault(client_pk, {}).setdefault(day, {})[kind] = number
    return {client_pk: list(_by_day(found)) for client_pk, found in numbers.items()}


def _by_day(numbers: dict[date, dict[str, int]]) -> Iterator[Used]:
    for day, by_kind in numbers.items():
        yield Used(day, by_kind.get(REFRESH, 0), by_kind.get(CHECK, 0))


def _forget() -> None:
    """Begin with nothing in a process that was forked: what was counted before is its parent's to write."""
    global _sums, _writing
    _sums, _writing = Sums(), Lock()
    writer.forget()


os.register_at_fork(after_in_child=_forget)
