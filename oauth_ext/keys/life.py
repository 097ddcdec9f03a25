"""The life of signing keys: next -> active -> retired -> gone; compromised at once.

Each step is one conditional UPDATE in a transaction that holds the lock, so that at every moment just one key signs for
each algorithm, whoever tries at once. A next key is there always: one that clients know already, should the active one
have to go in a hurry.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event
from oauth_ext.keys import birth, ring, times
from oauth_ext.keys.errors import PublishedTooLately
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey

ALL = tuple(SigningAlgorithm.values)
GONE = "deleted"
PAST = (KeyState.RETIRED, KeyState.COMPROMISED)

log = structlog.get_logger(__name__)


class Change(NamedTuple):
    """What a key has become: one of `KeyState`, or `GONE`."""

    algorithm: str
    kid: str
    state: str


def advance(algorithms: Sequence[str] = ALL) -> list[Change]:
    """Do what is due now, as the worker does every hour; return what has changed.

    A missing next key is born. One that has been published long enough takes over from an active one that has signed
    for long enough. A retired one whose last hint has ended is deleted.
    """
    changes: list[Change] = []
    with transaction.atomic():
        birth.lock()
        now = timezone.now()
        for algorithm in algorithms:
            active, coming = _pair(algorithm)
            if active and coming and _is_due(active, now) and _may_sign(coming, now):
                changes += _succeed(active, coming, now)
            changes += _fill(algorithm)
        changes += _delete_past(algorithms, now)
        _record(changes)
    return _told(changes)


def rotate(algorithms: Sequence[str] = ALL, *, force: bool = False) -> list[Change]:
    """Let the next keys take over now, however short a time the active ones have signed; return what has changed.

    Raises `PublishedTooLately`, and changes nothing, where clients may not know one of them yet, unless `force`.
    """
    changes: list[Change] = []
    with transaction.atomic():
        birth.lock()
        now = timezone.now()
        changes += [change for algorithm in algorithms for change in _fill(algorithm)]
        pairs = [_pair(algorithm) for algorithm in algorithms]
        early = {coming.algorithm: coming.created_at for _, coming in pairs if coming and not _may_sign(coming, now)}
        if early and not force:
            raise PublishedTooLately({name: created + times.publication() for name, created in early.items()})
        for active, coming in pairs:
            if active and coming:
                changes += _succeed(active, coming, now)
                changes += _fill(active.algorithm)
        _record(changes)
    return _told(changes)


def mark_compromised(kid: str) -> list[Change]:
    """Trust a key no more: out of JWKS, its signatures refused with this commit; return what has changed.

    The next key signs in its place, though it may have been published for a moment only; a fresh one where there is
    none that opens. Raises `SigningKey.DoesNotExist`.
    """
    if "\x00" in kid:
        raise SigningKey.DoesNotExist
    changes: list[Change] = []
    with transaction.atomic():
        birth.lock()
        now = timezone.now()
        row = SigningKey.objects.get(kid=kid)
        standing = SigningKey.objects.filter(pk=row.pk).exclude(state=KeyState.COMPROMISED)
        if standing.update(state=KeyState.COMPROMISED, retired_at=now, private_sealed=""):
            changes.append(Change(row.algorithm, kid, KeyState.COMPROMISED))
        if row.state == KeyState.ACTIVE:
            changes.append(_replace(row, now))
        if row.state in {KeyState.ACTIVE, KeyState.NEXT} and row.issuer == settings.ISSUER_URL:
            changes += _fill(row.algorithm)
        _record(changes)
    return _told(changes)


def _of(algorithm: str, state: KeyState, issuer: str | None = None) -> SigningKey | None:
    keys = SigningKey.objects.filter(issuer=issuer or settings.ISSUER_URL, algorithm=algorithm, state=state)
    return keys.first()


def _pair(algorithm: str) -> tuple[SigningKey | None, SigningKey | None]:
    return _of(algorithm, KeyState.ACTIVE), _of(algorithm, KeyState.NEXT)


def _is_due(active: SigningKey, now: datetime) -> bool:
    return active.activated_at is None or active.activated_at <= now - times.rotation()


def _may_sign(coming: SigningKey, now: datetime) -> bool:
    return coming.created_at <= now - times.publication() and ring.opens(coming)


def _succeed(active: SigningKey, coming: SigningKey, now: datetime) -> list[Change]:
    """Let one key take over from another: nobody sees both or neither, for it is one transaction.

    The private half of the old one goes with this: it signs no more.
    """
    retiring = SigningKey.objects.filter(pk=active.pk, state=KeyState.ACTIVE)
    if not retiring.update(state=KeyState.RETIRED, retired_at=now, private_sealed=""):
        raise RuntimeError("A signing key changed although the lock was held.")
    _activate(coming, now)
    return [
        Change(active.algorithm, active.kid, KeyState.RETIRED),
        Change(coming.algorithm, coming.kid, KeyState.ACTIVE),
    ]


def _activate(coming: SigningKey, now: datetime) -> None:
    waiting = SigningKey.objects.filter(pk=coming.pk, state=KeyState.NEXT)
    if not waiting.update(state=KeyState.ACTIVE, activated_at=now):
        raise RuntimeError("A signing key changed although the lock was held.")


def _replace(lost: SigningKey, now: datetime) -> Change:
    """Put a key in the place of a compromised one: rather one that some clients know already."""
    coming = _of(lost.algorithm, KeyState.NEXT, lost.issuer)
    if coming and ring.opens(coming):
        _activate(coming, now)
    else:
        coming = birth.make(lost.issuer, lost.algorithm, KeyState.ACTIVE)
    return Change(coming.algorithm, coming.kid, KeyState.ACTIVE)


def _fill(algorithm: str) -> list[Change]:
    """Make what is missing: a key that signs, and the next one."""
    changes = []
    for state in (KeyState.ACTIVE, KeyState.NEXT):
        if _of(algorithm, state) is None:
            born = birth.make(settings.ISSUER_URL, algorithm, state)
            changes.append(Change(algorithm, born.kid, state))
    return changes


def _delete_past(algorithms: Sequence[str], now: datetime) -> list[Change]:
    past = SigningKey.objects.filter(
        algorithm__in=algorithms, state__in=PAST, retired_at__lt=now - times.kept_afterwards()
    )
    changes = [Change(algorithm, kid, GONE) for algorithm, kid in past.values_list("algorithm", "kid")]
    past.delete()
    return changes


def _record(changes: list[Change]) -> None:
    for change in changes:
        audit.record(Event.KEY_CHANGED, change._asdict() | {"state": str(change.state)})


def _told(changes: list[Change]) -> list[Change]:
    for change in changes:
        log.info("signing_key.changed", algorithm=change.algorithm, kid=change.kid, state=str(change.state))
    if changes:
        ring.forget()
    return changes
