"""Consents: asked for once, widened by asking again, taken back at any time. Never derived from tokens."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from oauth_ext.consents.models import Consent

RESOURCES = "resources"


def live(user_pk: int, client_pk: int) -> Consent | None:
    """Return what the person allows the client now, or None."""
    return Consent.objects.filter(user_id=user_pk, client_id=client_pk, revoked_at=None).first()


def covers(consent: Consent, scopes: Iterable[str], resources: Iterable[str]) -> bool:
    """Whether all of this was allowed already."""
    return set(scopes) <= set(consent.scopes) and set(resources) <= set(consent.details.get(RESOURCES, ()))


def grant(user_pk: int, client_pk: int, scopes: Iterable[str], resources: Iterable[str]) -> Consent:
    """Allow this too, and return the live consent: the row there is, widened, or a new one.

    Called in the transaction of the answer; the row is locked, so that two answers at once lose nothing.
    """
    scopes, resources = list(scopes), list(resources)
    with transaction.atomic():
        consent, created = Consent.objects.select_for_update().get_or_create(
            user_id=user_pk,
            client_id=client_pk,
            revoked_at=None,
            defaults={"scopes": scopes, "details": {RESOURCES: resources}},
        )
        if not created:
            consent.scopes = _union(consent.scopes, scopes)
            consent.details[RESOURCES] = _union(consent.details.get(RESOURCES, ()), resources)
            consent.save(update_fields=["scopes", "details", "updated_at"])
    return consent


def revoke(consent_pk: int) -> bool:
    """Take a consent back; return whether it was live. What was made under it is dead with the commit."""
    return bool(Consent.objects.filter(pk=consent_pk, revoked_at=None).update(revoked_at=timezone.now()))


def _union(have: Iterable[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*have, *more]))
