"""Clients that are a URL, at which their metadata lie (draft-ietf-oauth-client-id-metadata-document).

The row is what we know of the document. It is fetched before a browser or a device begins something in the client's
name, and is asked for again when it has aged; what began goes on by the row.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.ops.outbound import Unreachable
from oauth_ext.clients import documents
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import SECRET_METHODS, Application, AuthMethod
from oauth_ext.clients.spec import MAX_NAME, ClientSpec, problems
from oauth_ext.errors import InvalidClientMetadata, OAuthError
from oauth_ext.registration import metadata
from oauth_ext.registration.services import replace

CIMD: Final = Application.RegistrationSource.CIMD
MAX_BYTES: Final = 5 * 1024  # the draft's own word (§6.6)
# How long we go by what we have read, whatever the document's server says, and without its word
SHORTEST, LONGEST, USUAL = timedelta(minutes=1), timedelta(hours=24), timedelta(minutes=5)
# A secret would be everybody's who can read the document (§4.1)
NEVER: Final = frozenset({"client_secret", "client_secret_expires_at"})


def is_url(client_id: str) -> bool:
    """Whether a `client_id` is a URL that may be a client's (§3): https, with a path, without anything to hide in."""
    if not client_id.startswith("https://") or len(client_id) > MAX_NAME or not client_id.isascii():
        return False
    try:
        parts = urlsplit(client_id)
        parts.port  # noqa: B018  # raises for what is no port
    except ValueError:
        return False
    plain = client_id.isprintable() and not set(' \\"<>*') & set(client_id)
    whole = bool(parts.hostname) and parts.path not in {"", "/"} and "@" not in parts.netloc
    return plain and whole and not {"#", "?"} & set(client_id) and not {".", ".."} & set(parts.path.split("/"))


def learn(client_id: str | None, count: Callable[[], None]) -> None:
    """Know the client of that name as it describes itself now, if it is a URL; any other name is left alone.

    `count` is called before somebody else's server is asked, and may raise. Not inside a transaction: it takes up to
    five seconds. Raises `InvalidClientMetadata` where the document can't be had, or is no client's.
    """
    if not is_url(url := client_id or ""):
        return
    known = clients.registered(url)
    if known is not None and (known.registration_source != CIMD or not known.is_active):
        return
    if not settings.CLIENT_ID_METADATA_DOCUMENTS:
        raise _refused("URLs are not supported.")
    if known is not None and known.cimd_expires_at is not None and known.cimd_expires_at > timezone.now():
        return
    count()
    spec, fresh = _read(url)
    if known is None:
        known = _create(spec, fresh)
    if known is not None:
        replace(known, spec, cimd_expires_at=timezone.now() + fresh)


def _read(url: str) -> tuple[ClientSpec, timedelta]:
    """Return the client that the document at a URL describes, and for how long that holds."""
    try:
        document, headers = documents.fetch(url, max_bytes=MAX_BYTES, places=documents.STRANGERS)
    except Unreachable as error:
        raise _refused("It could not be fetched.") from error
    if document.get("client_id") != url:
        raise _refused("The document is another client's.")
    if NEVER & document.keys():
        raise _refused("The document holds a secret.")
    spec = metadata.read(document, url, CIMD, auth_method=AuthMethod.NONE)
    found = problems(spec)
    if spec.token_endpoint_auth_method in SECRET_METHODS:
        found.append(("token_endpoint_auth_method", "A document can't share a secret with us."))
    if found:
        raise metadata.refusal(found)
    return spec, _lifetime(headers)


def _create(spec: ClientSpec, fresh: timedelta) -> Application | None:
    """Write down a new client; return the row where another process was quicker."""
    sector = clients.settle_sector(spec)
    try:
        with transaction.atomic():
            clients.create(spec, sector, cimd_expires_at=timezone.now() + fresh)
    except IntegrityError:
        return clients.registered(spec.client_id)
    return None


def _lifetime(headers: Mapping[str, str]) -> timedelta:
    """Return how long an answer may be gone by (RFC 9111 §5.2.2), within our bounds."""
    directives = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    if {"no-store", "no-cache"} & set(directives):
        return SHORTEST
    for directive in directives:
        name, _, seconds = directive.partition("=")
        if name == "max-age" and seconds.isdecimal():
            return min(max(timedelta(seconds=int(seconds[:9])), SHORTEST), LONGEST)
    return USUAL


def _refused(sentence: str) -> OAuthError:
    return InvalidClientMetadata([("client_id", sentence)])
