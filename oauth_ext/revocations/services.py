"""The feed: what the trail says was ended, in the words of the claims that a token has.

It is read from the rows that were written with the acts, so that neither is there without the other, and it costs what
happened since the last time, however long the trail is. What a session or a consent took with it is looked up when the
row is read; a grant that was under way meanwhile was dead when it was made, and its own row, which comes later, tells.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.utils import timezone

from idp.audit import services as audit
from idp.audit.models import AuditEvent
from idp.audit.services import Event
from oauth_ext.keys.models import KeyState
from oauth_ext.revocations.position import Position
from oauth_ext.revocations.taken import LONGEST_LIFE, Taken

__all__ = ["Position", "Read", "Revocation", "RevocationKind", "read"]

AT_ONCE: Final = 100  # rows of the trail
ENOUGH: Final = 1000  # revocations, after which no further row is taken
# An act is in force a moment after its row was written: what was signed until then may be from before.
IN_FORCE_WITHIN: Final = timedelta(seconds=5)


class RevocationKind(StrEnum):
    """What was ended."""

    FAMILY = "family"
    SESSION = "session"
    USER = "user"
    CLIENT = "client"
    TOKEN = "token"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Tokens that nobody may believe any more: those that have every one of these that is not None.

    `family`, `sub`, `client_id` and `jti` are claims, `kid` is in the header. With `issued_before`, in seconds since
    the epoch, it is those with a lower `iat`; the latest of them may be good.
    """

    kind: RevocationKind
    at: datetime
    family: uuid.UUID | None = None
    sub: uuid.UUID | None = None
    client_id: str | None = None
    jti: str | None = None
    kid: str | None = None
    issued_before: int | None = None


class Read(NamedTuple):
    """What was ended, the position behind it, and whether there is more already."""

    revocations: list[Revocation]
    position: Position
    more: bool


def read(position: Position | None = None) -> Read:
    """Return what was ended behind a position; without one, whatever may have ended a token that would live yet.

    One statement where nothing happened. At most `AT_ONCE` rows are read, and at most five statements needed.
    """
    now = timezone.now()
    since = now - LONGEST_LIFE
    if position is None or position.at < since.timestamp():
        position = Position(audit.last_before(since), since.timestamp())
    reached = position.copy()
    rows = list(audit.written_after(position.last, position.missing)[: AT_ONCE + 1])
    taken = Taken.by(rows, now)
    ended: list[Revocation] = []
    seen = 0
    for row in rows[:AT_ONCE]:
        if len(ended) > ENOUGH:
            break
        ended += _by(row, taken)
        reached.see(row.pk, row.at)
        seen += 1
    more = seen < len(rows)
    reached.rest(now, at_end=not more)
    return Read(ended, reached, more)


def _by(row: AuditEvent, taken: Taken) -> Iterator[Revocation]:
    """Yield what one act ended."""
    in_force = int((row.at + IN_FORCE_WITHIN).timestamp())
    kind = RevocationKind.SESSION if row.event == Event.SESSION_ENDED else RevocationKind.FAMILY
    for family in taken.families_by(row):
        yield Revocation(kind, row.at, family=family)
    for sub in taken.subs_by(row):
        yield Revocation(RevocationKind.USER, row.at, sub=sub, issued_before=in_force)
    if row.event == Event.CLIENT_DISABLED or (row.event == Event.CLIENT_CHANGED and row.details["ended"]):
        yield Revocation(RevocationKind.CLIENT, row.at, client_id=row.for_client, issued_before=in_force)
    if row.event == Event.TOKEN_REVOKED:
        yield Revocation(RevocationKind.TOKEN, row.at, jti=row.details["jti"])
    if row.event == Event.KEY_CHANGED and row.details["state"] == KeyState.COMPROMISED:
        yield Revocation(RevocationKind.KEY, row.at, kid=row.details["kid"])
