"""Registering, comparing and switching off clients: what commands, the admin and (later) mutations call."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.users.models import User
from oauth_ext.clients import secrets, sectors
from oauth_ext.clients.authentication import authenticate
from oauth_ext.clients.models import SECRET_METHODS, Application, GrantType
from oauth_ext.clients.spec import COLUMNS, UNORDERED, ClientSpec, problems
from oauth_ext.errors import InvalidClientMetadata

__all__ = [
    "ClientSpec",
    "add_secret",
    "authenticate",
    "create",
    "differences",
    "disable",
    "enable",
    "find",
    "is_in_browser",
    "problems",
    "register",
    "registered",
    "search",
    "set_trusted",
    "settle_sector",
]


def find(client_id: str) -> Application | None:
    """Return the active client of that id, whole, or None."""
    if "\x00" in client_id:
        return None
    return Application.objects.filter(client_id=client_id, is_active=True).first()


def is_in_browser(client_pk: int) -> bool:
    """Whether a client may run in a browser: it keeps no secret and is redirected to http(s). One statement.

    An app on a loopback address looks the same from here, and counts.
    """
    public = Application.objects.filter(pk=client_pk, client_type=Application.CLIENT_PUBLIC)
    return any(uri.startswith("http") for uris in public.values_list("redirect_uris", flat=True) for uri in uris)


def registered(client_id: str) -> Application | None:
    """Return the client of that id, switched off or not, or None."""
    return Application.objects.filter(client_id=client_id).first()


def search(text: str, *, grant_type: str | None = None) -> QuerySet[Application]:
    """Return the clients, switched off or not, whose `client_id` begins so, and that may present such a grant."""
    if "\x00" in text:
        return Application.objects.none()
    found = Application.objects.filter(client_id__startswith=text)
    if grant_type is None:
        return found
    # in JSON's own writing: SQLite knows no other way into a list
    return found.filter(grant_types__icontains=f'"{grant_type}"') if grant_type in GrantType else found.none()


def register(spec: ClientSpec, *, secret: str | None = None, registrar: User | None = None) -> tuple[Application, str]:
    """Make a client and, where it has one, its first secret; return both, the secret for this one time.

    Without `secret` one is generated; it is empty where the client authenticates otherwise. Raises
    `InvalidClientMetadata` with all problems. A `sector_identifier_uri` is fetched, before any transaction of its own.
    """
    if found := problems(spec):
        raise InvalidClientMetadata(found)
    return create(spec, settle_sector(spec), secret=secret, user=registrar)


def settle_sector(spec: ClientSpec) -> str:
    """Return the sector of a client without problems, which may have to be fetched; raises `InvalidClientMetadata`."""
    return sectors.settle(spec.subject_type, spec.redirect_uris, spec.sector_identifier_uri)


def create(spec: ClientSpec, sector: str, *, secret: str | None = None, **columns: object) -> tuple[Application, str]:
    """Write down a client that was judged, as `register` does."""
    with transaction.atomic():
        client = Application.objects.create(
            client_id=spec.client_id,
            sector_identifier=sector,
            **{name: getattr(spec, name) for name in COLUMNS},
            **columns,
        )
        _record(Event.CLIENT_REGISTERED, client, source=spec.registration_source)
        if spec.token_endpoint_auth_method not in SECRET_METHODS:
            return client, ""
        secret = secret or secrets.generate()
        secrets.add(client, secret)
    return client, secret


def differences(client: Application, spec: ClientSpec, *, secret: str | None = None) -> list[str]:
    """Return the names of what a registered client has otherwise than wanted; a wanted secret is compared too."""
    names = []
    for name in COLUMNS:
        have, want = getattr(client, name), getattr(spec, name)
        if (sorted(have) != sorted(want)) if name in UNORDERED else have != want:
            names.append(name)
    if secret is not None and not secrets.is_newest(client, secret):
        names.append("secret")
    return names


def add_secret(client: Application, secret: str | None = None, *, overlap: timedelta | None = None) -> str:
    """Give a confidential client another secret and return it; the one before lives on beside it, or for `overlap`.

    Raises `InvalidClientMetadata` for a client that authenticates otherwise.
    """
    if client.token_endpoint_auth_method not in SECRET_METHODS:
        raise InvalidClientMetadata([("token_endpoint_auth_method", f"{client.client_id} has no secret.")])
    secret = secret or secrets.generate()
    with transaction.atomic():
        secrets.add(client, secret, overlap=overlap)
        _record(Event.CLIENT_SECRET_ADDED, client)
    return secret


def disable(client: Application) -> None:
    """Switch a client off: its epoch rises in the same statement, so all it holds is dead, now and when it is back."""
    with transaction.atomic():
        Application.objects.filter(pk=client.pk).update(is_active=False, epoch=F("epoch") + 1)
        _record(Event.CLIENT_DISABLED, client)


def enable(client: Application) -> None:
    """Switch a client on again; what it held before stays dead."""
    with transaction.atomic():
        Application.objects.filter(pk=client.pk).update(is_active=True)
        _record(Event.CLIENT_ENABLED, client)


def set_trusted(client: Application, *, trusted: bool) -> None:
    """Say whether consent is asked for; a client no longer trusted loses what it got without asking.

    One that describes itself can't be trusted: it may describe itself otherwise tomorrow. The database refuses it.
    """
    epoch = F("epoch") if trusted else F("epoch") + 1
    with transaction.atomic():
        Application.objects.filter(pk=client.pk).update(trusted=trusted, epoch=epoch)
        _record(Event.CLIENT_TRUST_SET, client, trusted=trusted)


def _record(event: Event, client: Application, **details: object) -> None:
    audit.record(event, details, about=Party(client=client.client_id))
