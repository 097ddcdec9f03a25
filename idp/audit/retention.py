"""What the trail forgets: after a while from where something was done, and at last that it was done."""

import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from idp.audit.models import AuditEvent, AuditSeal
from idp.ops.bites import delete_in_bites

BITE: Final = 500
BITES: Final = 20


def cut_old() -> int:
    """Delete what happened longer ago than `AUDIT_RETENTION_DAYS`, up to a seal; return how many. The rest comes next.

    The seals stay, so that what is left can still be told from what was taken away.
    """
    if not settings.AUDIT_RETENTION_DAYS:
        return 0
    now = timezone.now()
    old = AuditSeal.objects.filter(until__lte=now - timedelta(days=settings.AUDIT_RETENTION_DAYS))
    seal = old.order_by("-until").first()
    if seal is None:
        return 0
    AuditSeal.objects.filter(pk=seal.pk, cut_at=None).update(cut_at=now)
    return delete_in_bites(AuditEvent.objects.filter(at__lt=seal.until))


def erase_old_networks() -> int:
    """Erase from which network things were done longer ago than `AUDIT_NETWORK_DAYS`; return of how many."""
    if not settings.AUDIT_NETWORK_DAYS:
        return 0
    return _erase(AuditEvent.objects.filter(at__lt=timezone.now() - timedelta(days=settings.AUDIT_NETWORK_DAYS)))


def erase_networks_of(person: uuid.UUID) -> int:
    """Erase from which network things were done by a person, or to them; return of how many."""
    return _erase(AuditEvent.objects.filter(Q(by_user=person) | Q(for_user=person)), bites=None)


def _erase(rows: QuerySet[AuditEvent], *, bites: int | None = BITES) -> int:
    erased = 0
    while bites is None or erased < bites * BITE:
        keys = list(rows.exclude(network="").values_list("pk", flat=True)[:BITE])
        erased += AuditEvent.objects.filter(pk__in=keys).update(network="")
        if len(keys) < BITE:
            break
    return erased
