"""Consents: asked for once, widened by asking again, taken back at any time. Never derived from tokens."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from oauth_ext.consents.models import Consent

AT = "at"  # in `details`: resource → the scopes that were allowed there


def live(user_pk: int, client_pk: int) -> Consent | None:
    """Return what the person allows the client now, or None."""
    return Consent.objects.filter(user_id=user_pk, client_id=client_pk, revoked_at=None).first()


def of_user(user_pk: int) -> QuerySet[Consent]:
    """Return what a person allows now, with the clients."""
    return _live().filter(user_id=user_pk)


def of_client(client_id: str) -> QuerySet[Consent]:
    """Return what a client is allowed now, with the client."""
    return _live().filter(client__client_id=client_id)


def _live() -> QuerySet[Consent]:
    return Consent.objects.filter(revoked_at=None).select_related("client")


def covers(consent: Consent, scopes: Iterable[str], resources: Iterable[str]) -> bool:
    """Whether these scopes were allowed already at each of these resources, or, where none is named, at our own API.

    Neither on its own is enough: what may be read at one resource was not allowed at another.
    """
    wanted, allowed = set(scopes), consent.details.get(AT, {})
    return all(uri in allowed and wanted <= set(allowed[uri]) for uri in _named(resources))


def allowed_at(consent: Consent, resources: Iterable[str]) -> set[str]:
    """Return the scopes that were allowed already at every one of these resources."""
    allowed = consent.details.get(AT, {})
    return set.intersection(*(set(allowed.get(uri, ())) for uri in _named(resources)))


def grant(user_pk: int, client_pk: int, scopes: Iterable[str], resources: Iterable[str]) -> Consent:
    """Allow this too, and return the live consent: the row there is, widened, or a new one.

    Called in the transaction of the answer; the row is locked, so that two answers at once lose nothing.
    """
    scopes, resources = list(scopes), _named(resources)
    with transaction.atomic():
        consent, created = Consent.objects.select_for_update(no_key=True).get_or_create(
            user_id=user_pk,
            client_id=client_pk,
            revoked_at=None,
            defaults={"scopes": scopes, "details": {AT: dict.fromkeys(resources, scopes)}},
        )
        if not created:
            consent.scopes = _union(consent.scopes, scopes)
            allowed = consent.details.setdefault(AT, {})
            allowed.update({uri: _union(allowed.get(uri, ()), scopes) for uri in resources})
            consent.save(update_fields=["scopes", "details", "updated_at"])
        _record(Event.CONSENT_GIVEN, consent.pk, scopes=scopes, resources=resources)
    return consent


def revoke(consent_pk: int) -> bool:
    """Take a consent back; return whether it was live. What was made under it is dead with the commit."""
    with transaction.atomic():
        revoked = Consent.objects.filter(pk=consent_pk, revoked_at=None).update(revoked_at=timezone.now())
        if revoked:
            _record(Event.CONSENT_REVOKED, consent_pk)
    return bool(revoked)


def narrow(consent: Consent, scopes: Iterable[str]) -> Consent:
    """Keep only these of the scopes allowed, at every resource, and return the consent of them.

    The old row is dead, and so is what was made under it; asking for what is left needs no new question.
    Raises `LookupError` for a scope that is not allowed now, or a consent that is dead.
    """
    left = list(scopes)
    if not set(left) <= set(consent.scopes):
        raise LookupError
    with transaction.atomic():
        if not revoke(consent.pk):
            raise LookupError
        at = {uri: [name for name in left if name in names] for uri, names in consent.details.get(AT, {}).items()}
        narrowed = Consent.objects.create(
            user_id=consent.user_id, client=consent.client, scopes=left, details=consent.details | {AT: at}
        )
        _record(Event.CONSENT_GIVEN, narrowed.pk, scopes=left, resources=list(at))
        return narrowed


def revoke_all_of(client_pk: int) -> int:
    """Take back what anybody allowed a client; return how many consents were live, each of them an event."""
    with transaction.atomic():
        live_ones = Consent.objects.select_for_update(no_key=True).filter(client_id=client_pk, revoked_at=None)
        pks = list(live_ones.order_by("pk").values_list("pk", flat=True))
        Consent.objects.filter(pk__in=pks).update(revoked_at=timezone.now())
        for pk in pks:
            _record(Event.CONSENT_REVOKED, pk)
    return len(pks)


def _record(event: Event, consent_pk: int, **details: object) -> None:
    sub, client_id = Consent.objects.values_list("user__sub", "client__client_id").get(pk=consent_pk)
    audit.record(event, details, about=Party(sub, client_id))


def _named(resources: Iterable[str]) -> list[str]:
    return list(resources) or [settings.ISSUER_URL]


def _union(have: Iterable[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*have, *more]))
