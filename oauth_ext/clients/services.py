"""Registering, comparing and switching off clients: what commands, the admin and (later) mutations call."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from idp.ops import outbound
from idp.users.models import User
from oauth_ext import scopes
from oauth_ext.clients import secrets, sectors
from oauth_ext.clients.authentication import authenticate
from oauth_ext.clients.checks import MAX_URI, redirect_uri_problem
from oauth_ext.clients.errors import InvalidClientMetadata
from oauth_ext.clients.models import Application, AuthMethod, GrantType, ResponseMode, SubjectType, query_alone
from oauth_ext.keys.models import SigningAlgorithm

__all__ = [
    "ClientSpec",
    "add_secret",
    "authenticate",
    "differences",
    "disable",
    "enable",
    "find",
    "register",
    "registered",
    "set_trusted",
]


@dataclass(frozen=True)
class ClientSpec:
    """A client as somebody wants it; the names are RFC 7591's."""

    client_id: str
    name: str = ""
    client_type: str = Application.CLIENT_PUBLIC
    token_endpoint_auth_method: str = AuthMethod.NONE
    grant_types: list[str] = field(default_factory=lambda: [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN])
    redirect_uris: list[str] = field(default_factory=list)
    post_logout_redirect_uris: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: list(scopes.COMMON))
    default_scopes: list[str] = field(default_factory=list)
    default_resources: list[str] = field(default_factory=list)
    algorithm: str = SigningAlgorithm.RS256
    subject_type: str = SubjectType.PUBLIC
    sector_identifier_uri: str = ""
    backchannel_logout_uri: str = ""
    dpop_bound_access_tokens: bool = False
    response_modes: list[str] = field(default_factory=query_alone)
    require_pushed_authorization_requests: bool = False
    trusted: bool = False


COMPARED = (
    "name",
    "client_type",
    "token_endpoint_auth_method",
    "grant_types",
    "redirect_uris",
    "post_logout_redirect_uris",
    "scopes",
    "default_scopes",
    "default_resources",
    "algorithm",
    "subject_type",
    "sector_identifier_uri",
    "backchannel_logout_uri",
    "dpop_bound_access_tokens",
    "response_modes",
    "require_pushed_authorization_requests",
    "trusted",
)
UNORDERED = frozenset(
    {"grant_types", "redirect_uris", "post_logout_redirect_uris", "scopes", "default_scopes", "response_modes"}
)


def find(client_id: str) -> Application | None:
    """Return the active client of that id, whole, or None."""
    if "\x00" in client_id:
        return None
    return Application.objects.filter(client_id=client_id, is_active=True).first()


def registered(client_id: str) -> Application | None:
    """Return the client of that id, switched off or not, or None."""
    return Application.objects.filter(client_id=client_id).first()


def problems(spec: ClientSpec) -> list[tuple[str, str]]:
    """Return everything that is wrong with a registration, as (field, sentence)."""
    public = spec.client_type == Application.CLIENT_PUBLIC
    found = []
    if not spec.client_id or len(spec.client_id) > 255 or not spec.client_id.isprintable() or ":" in spec.client_id:
        found.append(("client_id", "It must be 1 to 255 printable characters without a colon."))
    if public != (spec.token_endpoint_auth_method == AuthMethod.NONE):
        found.append(("token_endpoint_auth_method", "Public clients have none, confidential clients must have one."))
    found += _outside("grant_types", spec.grant_types, list(GrantType))
    found += _outside("scopes", spec.scopes, scopes.catalogue())
    found += _outside("default_scopes", spec.default_scopes, spec.scopes)
    found += _outside("id_token_signed_response_alg", [spec.algorithm], list(SigningAlgorithm))
    found += _outside("subject_type", [spec.subject_type], list(SubjectType))
    found += _outside("token_endpoint_auth_method", [spec.token_endpoint_auth_method], list(AuthMethod))
    found += _outside("response_modes", spec.response_modes, list(ResponseMode))
    if not spec.response_modes:
        found.append(("response_modes", "It must have at least one."))
    if public and GrantType.CLIENT_CREDENTIALS in spec.grant_types:
        found.append(("grant_types", "client_credentials is for confidential clients."))
    if GrantType.AUTHORIZATION_CODE in spec.grant_types and not spec.redirect_uris:
        found.append(("redirect_uris", "authorization_code needs at least one."))
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in getattr(spec, name):
            if problem := redirect_uri_problem(uri, public=public):
                found.append((name, f"{uri}: {problem}"))
    if (uri := spec.backchannel_logout_uri) and (problem := _logout_uri_problem(uri)):
        found.append(("backchannel_logout_uri", f"{uri}: {problem}"))
    return found


def _logout_uri_problem(uri: str) -> str | None:
    return "It is too long." if len(uri) > MAX_URI else outbound.problem(uri)


def _outside(name: str, values: list[str], allowed: Collection[str]) -> list[tuple[str, str]]:
    return [(name, f"{value} is not supported.") for value in values if value not in allowed]


def register(spec: ClientSpec, *, secret: str | None = None, registrar: User | None = None) -> tuple[Application, str]:
    """Make a client and, for a confidential one, its first secret; return both, the secret for this one time.

    Without `secret` one is generated; a public client's is empty. Raises `InvalidClientMetadata` with all problems.
    A `sector_identifier_uri` is fetched, before any transaction of its own.
    """
    if found := problems(spec):
        raise InvalidClientMetadata(found)
    sector = sectors.settle(spec.subject_type, spec.redirect_uris, spec.sector_identifier_uri)
    with transaction.atomic():
        client = Application.objects.create(
            client_id=spec.client_id,
            user=registrar,
            sector_identifier=sector,
            **{name: getattr(spec, name) for name in COMPARED},
        )
        if client.is_public:
            return client, ""
        secret = secret or secrets.generate()
        secrets.add(client, secret)
    return client, secret


def differences(client: Application, spec: ClientSpec, *, secret: str | None = None) -> list[str]:
    """Return the names of what a registered client has otherwise than wanted; a wanted secret is compared too."""
    names = []
    for name in COMPARED:
        have, want = getattr(client, name), getattr(spec, name)
        if (sorted(have) != sorted(want)) if name in UNORDERED else have != want:
            names.append(name)
    if secret is not None and not secrets.is_newest(client, secret):
        names.append("secret")
    return names


def add_secret(client: Application, secret: str | None = None) -> str:
    """Give a confidential client another secret and return it; the one before lives on beside it."""
    secret = secret or secrets.generate()
    with transaction.atomic():
        secrets.add(client, secret)
    return secret


def disable(client: Application) -> None:
    """Switch a client off: its epoch rises in the same statement, so all it holds is dead, now and when it is back."""
    Application.objects.filter(pk=client.pk).update(is_active=False, epoch=F("epoch") + 1)


def enable(client: Application) -> None:
    """Switch a client on again; what it held before stays dead."""
    Application.objects.filter(pk=client.pk).update(is_active=True)


def set_trusted(client: Application, *, trusted: bool) -> None:
    """Say whether consent is asked for; a client no longer trusted loses what it got without asking."""
    epoch = F("epoch") if trusted else F("epoch") + 1
    Application.objects.filter(pk=client.pk).update(trusted=trusted, epoch=epoch)
