"""Refresh: present, turn, end. What a token is worth is the family's row; no clock but the grace decides."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, F, PositiveBigIntegerField, QuerySet, UUIDField
from django.db.models.sql import Query
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.models import User
from idp.ops.compiled import Deferred, Update, update_of
from idp.ops.inserts import Insert
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidGrant
from oauth_ext.families import refresh_token, rows
from oauth_ext.families.models import EndReason, Family
from oauth_ext.families.rows import FamilyRow
from oauth_ext.families.standing import standing

TURN_ATTEMPTS = 3
V = TypeVar("V", bound=tuple[object, ...])

_BEGIN = Insert(Family, audit.AuditEvent)


class Asked(NamedTuple):
    """A refresh token taken apart, and its family asked for: nothing of either is proved."""

    parts: refresh_token.Presented
    family: Deferred[FamilyRow]


@dataclass(frozen=True)
class Found:
    """A genuine refresh token's counter beside its standing family's row."""

    row: FamilyRow
    counter: int

    @property
    def is_current(self) -> bool:
        """Whether it is the family's present token, and was used or made lately enough."""
        idle = timezone.now() - self.row.turned_at > timedelta(seconds=settings.REFRESH_TOKEN_EXPIRE_SECONDS)
        return self.counter == self.row.counter and not (self.row.rotates and idle)

    @property
    def repeats(self) -> bool:
        """Whether it is the one before, within the grace of the first turn."""
        grace = timedelta(seconds=settings.REFRESH_TOKEN_GRACE_SECONDS)
        return self.counter == self.row.counter - 1 and timezone.now() - self.row.turned_at < grace


def ask(token: str) -> Asked | None:
    """Ask for the family that a refresh token names, or None where it can't be one."""
    parts = refresh_token.take_apart(token)
    return Asked(parts, rows.ask(parts.family)) if parts else None


def find(asked: Asked | None, client: ClientRow) -> Found | None:
    """Return the standing family if the token is genuine and of this client, old or new; changes nothing."""
    row = asked.family.row() if asked else None
    if asked is None or row is None or row.client_pk != client.pk:
        return None
    if not refresh_token.is_genuine(asked.parts, salt=row.salt, issuer=row.issuer, client_id=row.client_id):
        return None
    return Found(row, asked.parts.counter)


def request_digest(scope: str | None, resources: list[str]) -> str:
    """Return what identifies a refresh request, so that only the same one is repeated within the grace."""
    return hashlib.sha256("\n".join([scope or "", *resources]).encode()).hexdigest()


class Turning(NamedTuple):
    """What a refresh asks for: the digest of its request, and the key that it proved to hold, or an empty one."""

    request: str
    jkt: str


def present(asked: Asked | None, client: ClientRow, turning: Turning) -> Found:
    """Judge a refresh token and change nothing, but for theft: then the family ends before `InvalidGrant` is raised.

    - unknown, forged, another client's, without the key it is bound to, ended, idle too long: refused, nothing changes;
    - the counter before the row's, within the grace of its first turn, for the same request: a repeat;
    - lower, or after the grace: theft. Higher: the database went back in time. The family ends.
    """
    found = find(asked, client)
    if found is None or not _is_held(found.row, turning.jkt):
        raise InvalidGrant
    if found.is_current or (found.repeats and found.row.turned_for == turning.request):
        return found
    if found.counter > found.row.counter:
        end(found.row.pk, EndReason.DATABASE_RESTORED)
    elif found.counter < found.row.counter and not found.repeats:
        end(found.row.pk, EndReason.REFRESH_REPLAY)
    raise InvalidGrant


def _is_held(row: FamilyRow, jkt: str) -> bool:
    """Whether the key will do: that which the family is bound to; where it doesn't turn, any, but not none."""
    return row.jkt in {"", jkt} and (row.rotates or jkt != "")


def turn(token: str, client: ClientRow, seen: Found, turning: Turning) -> str:
    """Claim the turn and return the successor: one conditional UPDATE, the last statement of a refresh.

    A public client that proves to hold a key binds the family to it from here on (RFC 9449 §5). Who loses it is judged
    again, and within the grace gets the winner's successor. Raises `InvalidGrant`.
    """
    for _ in range(TURN_ATTEMPTS):
        row = seen.row
        if seen.repeats:
            return successor(row, row.counter)
        if not row.rotates:
            return token
        if claim_turn(row, turning.request, turning.jkt if client.is_public else ""):
            return successor(row, row.counter + 1)
        seen = present(ask(token), client, turning)
    raise InvalidGrant


def claim_turn(row: FamilyRow, request: str, jkt: str) -> bool:
    """Move the counter on from where it was seen, if the family still stands; False for whoever comes second."""
    return bool(_TURN.run(_Claim(row.pk, row.counter, timezone.now(), settings.ISSUER_URL, request, row.jkt or jkt)))


class _Claim(NamedTuple):
    """What the claim of a turn depends on."""

    pk: uuid.UUID
    counter: int
    now: datetime
    issuer: str
    turning_for: str
    jkt: str


def _turn(asked: _Claim) -> Query:
    family = Family.objects.filter(standing(asked.now, asked.issuer), pk=asked.pk, counter=asked.counter)
    return update_of(family, counter=F("counter") + 1, turned_at=asked.now, turned_for=asked.turning_for, jkt=asked.jkt)


_TURN = Update(
    _turn,
    _Claim(uuid.UUID(int=1), 987_654, datetime(1970, 1, 1, tzinfo=UTC), "the issuer", "what for", "the key"),
    (UUIDField(), PositiveBigIntegerField(), DateTimeField(), CharField(), CharField(), CharField()),
)


def successor(row: FamilyRow, counter: int) -> str:
    """Return the family's refresh token at a counter."""
    return refresh_token.make(family=row.pk, salt=row.salt, issuer=row.issuer, client_id=row.client_id, counter=counter)


def begin(family: Family, *, client_id: str, user_sub: uuid.UUID) -> None:
    """Write a new family and its line in the trail, in the transaction that claims what was presented for it."""
    _BEGIN.run(family, _granted(family, client_id, user_sub))


def begin_claiming(claim: Update[V], claimed: V, family: Family, *, client_id: str, user_sub: uuid.UUID) -> bool:
    """Do the same if the UPDATE claims what was presented, with it or not at all; return whether it did."""
    return _BEGIN.run_claiming(claim, claimed, family, _granted(family, client_id, user_sub))


def _granted(family: Family, client_id: str, user_sub: uuid.UUID) -> audit.AuditEvent:
    details = {
        "family": str(family.pk),
        "kind": family.kind,
        "scopes": family.scopes,
        "resources": family.resources,
    }
    by, about = Party(client=client_id), Party(user_sub, client_id)
    return audit.entry(Event.GRANTED, details, by=by, about=about)


def end(pk: uuid.UUID, reason: EndReason) -> bool:
    """End a family; return whether it had not ended before. All its tokens are dead with the commit."""
    with transaction.atomic():
        ended = Family.objects.filter(pk=pk, ended_at=None).update(ended_at=timezone.now(), end_reason=reason)
        if ended:
            sub, client_id = Family.objects.values_list("user__sub", "client__client_id").get(pk=pk)
            audit.record(Event.GRANT_ENDED, {"family": str(pk), "reason": reason}, about=Party(sub, client_id))
    return bool(ended)


def keep(pk: uuid.UUID, user: User) -> None:
    """Have a family go on that the user's last epoch has just overtaken: where its own act did, in its transaction."""
    Family.objects.filter(pk=pk, user=user, user_epoch=user.epoch - 1, ended_at=None).update(user_epoch=user.epoch)


def of_user(user_pk: int) -> QuerySet[Family]:
    """Return the standing families of a person, with the clients."""
    return _standing().filter(user_id=user_pk)


def of_client(client_id: str) -> QuerySet[Family]:
    """Return those of a client."""
    return _standing().filter(client__client_id=client_id)


def _standing() -> QuerySet[Family]:
    return Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL)).select_related("client")


def of_sessions(session_pks: Collection[int]) -> QuerySet[Family]:
    """Return the standing families of some sessions, with the clients."""
    families = Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL), session_id__in=session_pks)
    return families.select_related("client")


def granted_resources() -> set[str]:
    """Return the resources for which there are standing families, of anybody: for who would remove one."""
    families = Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL)).exclude(resources=[])
    return {uri for uris in families.values_list("resources", flat=True).iterator() for uri in uris}


def make_room(session_pk: int, client_pk: int) -> None:
    """End the longest unused of a session's families at a client, so that one more fits under the limit."""
    live = Family.objects.filter(session_id=session_pk, client_id=client_pk, ended_at=None).order_by("-turned_at")
    for surplus in list(live.values_list("pk", flat=True)[settings.FAMILIES_PER_SESSION_AND_CLIENT - 1 :]):
        end(surplus, EndReason.DISPLACED)
