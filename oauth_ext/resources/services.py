"""Which resources there are (RFC 8707), and whose they are."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

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
    row, created = Resource.objects.get_or_create(uri=uri, defaults={"owner_id": owner_pk})
    if row.owner_id != owner_pk:
        raise InvalidTarget
    return created


def owned_by(owner_pk: int) -> list[str]:
    """Return the resources of a client, by URI."""
    return list(Resource.objects.filter(owner_id=owner_pk).order_by("uri").values_list("uri", flat=True))
