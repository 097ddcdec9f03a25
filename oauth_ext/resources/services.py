"""Which resources there are (RFC 8707), and whose they are."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from idp.audit import services as audit
from idp.audit.services import Event, Party
from oauth_ext.errors import InvalidTarget
from oauth_ext.resources.models import Resource

MAX_RESOURCES = 10


def require(uris: Sequence[str]) -> list[str]:
    """Return the resources asked for, if each is known: registered, or our own API; raises `InvalidTarget`."""
    if len(uris) > MAX_RESOURCES or not all(is_well_formed(uri) for uri in uris):
        raise InvalidTarget
    foreign = {uri for uri in uris if not is_ours(uri)}
    if foreign and Resource.objects.filter(uri__in=foreign).count() != len(foreign):
        raise InvalidTarget
    return list(uris)


def narrow(asked: Sequence[str], granted: Sequence[str]) -> Sequence[str]:
    """Return what a token request asks for of what was granted, or all of it (RFC 8707 §2.2); raises `InvalidTarget`.

    A grant that names no resource is for our own API, and may be asked for by that name.
    """
    if not set(asked) <= set(granted or [settings.ISSUER_URL]):
        raise InvalidTarget
    return asked or granted


def is_ours(uri: str) -> bool:
    """Whether a resource is our own API: the issuer, or a URI below it."""
    return uri == settings.ISSUER_URL or uri.startswith(settings.ISSUER_URL + "/")


def is_well_formed(uri: str) -> bool:
    """Whether this is an absolute URI (so ASCII) without a fragment, of at most 255 characters (RFC 8707 §2)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return (
        bool(parts.scheme and parts.netloc)
        and "#" not in uri
        and len(uri) <= 255
        and uri.isascii()
        and uri.isprintable()
    )


def register(uri: str, owner_pk: int) -> bool:
    """Make a resource and say whose it is; False where it is theirs already.

    Raises `InvalidTarget` for what is no URI, is our own API, or is somebody else's.
    """
    if not is_well_formed(uri) or is_ours(uri):
        raise InvalidTarget
    with transaction.atomic():
        row, created = Resource.objects.get_or_create(uri=uri, defaults={"owner_id": owner_pk})
        if row.owner_id != owner_pk:
            raise InvalidTarget
        if created:
            _record(row)
    return created


def hand_over(uri: str, owner_pk: int) -> None:
    """Say that a resource is another client's from here on: who had it may ask about its tokens no more."""
    with transaction.atomic():
        Resource.objects.filter(uri=uri).update(owner_id=owner_pk)
        _record(Resource.objects.select_related("owner").get(uri=uri))


def remove(uri: str) -> None:
    """Forget a resource: no token is made for it any more that names it, and nobody may ask about those there are."""
    with transaction.atomic():
        Resource.objects.filter(uri=uri).delete()
        audit.record(Event.RESOURCE_SET, {"uri": uri, "removed": True})


def owned() -> QuerySet[Resource]:
    """Return the resources that are somebody's, with their owners."""
    return Resource.objects.exclude(owner=None).select_related("owner")


def owned_by(owner_pk: int) -> list[str]:
    """Return the resources of a client, by URI."""
    return list(Resource.objects.filter(owner_id=owner_pk).order_by("uri").values_list("uri", flat=True))


def _record(row: Resource) -> None:
    owner = row.owner.client_id if row.owner else ""
    audit.record(Event.RESOURCE_SET, {"uri": row.uri, "removed": False}, about=Party(client=owner))
