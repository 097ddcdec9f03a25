"""Which other providers there are: what `manage.py apply` calls."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from idp.audit import services as audit
from idp.audit.services import Event
from idp.providers import client_authentication
from idp.providers.models import AuthMethod, IdentityProvider
from idp.providers.rules import Rule

DEFAULT_SCOPES: Final = ("openid", "profile", "email")
SECRET_METHODS: Final = frozenset({AuthMethod.CLIENT_SECRET_BASIC.value, AuthMethod.CLIENT_SECRET_POST.value})


@dataclass(frozen=True)
class ProviderSpec:
    """A provider as somebody describes it: the columns of its row, but for what is sealed."""

    display_name: str
    issuer: str
    client_id: str
    auth_method: str = AuthMethod.CLIENT_SECRET_BASIC.value
    scopes: list[str] = field(default_factory=lambda: list(DEFAULT_SCOPES))
    sign_up: bool = False
    role_rules: list[Rule] = field(default_factory=list)
    trusts_acr: bool = False
    is_active: bool = True


def everyone() -> QuerySet[IdentityProvider]:
    """Return all providers, switched on or off, by name."""
    return IdentityProvider.objects.order_by("name")


def columns(row: IdentityProvider | ProviderSpec) -> dict[str, object]:
    """Return the columns that describe a provider."""
    if isinstance(row, ProviderSpec):
        return asdict(row)
    return {name: getattr(row, name) for name in ProviderSpec.__dataclass_fields__}


def create(name: str, spec: ProviderSpec, *, secret: str | None) -> IdentityProvider:
    """Add a provider; where it is to be convinced by a key, the key is made."""
    with transaction.atomic():
        row = IdentityProvider(name=name, **asdict(spec))
        row.secret = client_authentication.seal_secret(secret, name) if secret else ""
        row.private_key = _key(row)
        row.save(force_insert=True)
        _record(name, is_active=spec.is_active, created=True)
    return row


def change(row: IdentityProvider, spec: ProviderSpec, *, secret: str | None) -> bool:
    """Make it as described, with another secret if there is one; False where it isn't as it was read any more."""
    row.auth_method = spec.auth_method
    changes: dict[str, object] = {**asdict(spec), "private_key": _key(row)}
    if spec.auth_method not in SECRET_METHODS:
        changes["secret"] = ""
    elif secret is not None:
        changes["secret"] = client_authentication.seal_secret(secret, row.name)
    with transaction.atomic():
        changed = IdentityProvider.objects.filter(pk=row.pk).update(**changes)
        if changed:
            _record(row.name, is_active=spec.is_active, created=False)
    return changed == 1


def switch_off(row: IdentityProvider) -> None:
    """Let nobody sign in by it; identities stay, and count again when it is switched on."""
    with transaction.atomic():
        if IdentityProvider.objects.filter(pk=row.pk, is_active=True).update(is_active=False):
            _record(row.name, is_active=False, created=False)


def _key(row: IdentityProvider) -> str:
    """Return the sealed key it shall have: that which is there, a new one, or none."""
    if row.auth_method != AuthMethod.PRIVATE_KEY_JWT:
        return ""
    return row.private_key or client_authentication.new_key(row.name)


def _record(name: str, *, is_active: bool, created: bool) -> None:
    details: Mapping[str, object] = {"provider": name, "enabled": is_active, "created": created}
    audit.record(Event.PROVIDER_CHANGED, details)
