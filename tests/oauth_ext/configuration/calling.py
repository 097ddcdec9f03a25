"""What the tests of configuration share: files as text, and what is said of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.serializers import serialize

from idp.audit.models import AuditEvent
from idp.models import Role
from oauth_ext.clients.models import Application, ClientSecret
from oauth_ext.configuration import services, telling
from oauth_ext.configuration.errors import ConfigurationError
from oauth_ext.resources.models import Resource

HERE = Path()
MACHINE = "{token_endpoint_auth_method: client_secret_basic, grant_types: [client_credentials], secret: {env: SECRET}}"


def plan(text: str, *, prune: bool = False, folder: Path = HERE) -> list[str]:
    """The lines that tell what differs."""
    return list(telling.lines(services.plan(text.encode(), folder, prune=prune)))


def apply(text: str, *, prune: bool = False, folder: Path = HERE) -> list[str]:
    """Apply a file; the lines of rows, without those of their fields."""
    lines = telling.lines(services.apply(text.encode(), folder, prune=prune))
    return [line for line in lines if not line.startswith(" ")]


def refusals(text: str | bytes, *, prune: bool = False, folder: Path = HERE) -> dict[str, str]:
    """Sentences by their paths, the same for a plan and for an application, which changes nothing."""
    before = everything()
    data = text if isinstance(text, bytes) else text.encode()
    said = [_refused(act, data, folder, prune=prune) for act in (services.plan, services.apply)]
    assert said[0] == said[1]
    assert everything() == before
    return said[0]


def everything() -> list[str]:
    """All rows that configuration is about, and the trail."""
    return [
        serialize("json", model.objects.order_by("pk")) for model in (Role, Application, ClientSecret, Resource)
    ] + [str(AuditEvent.objects.count())]


def _refused(act: Callable[..., object], data: bytes, folder: Path, *, prune: bool) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        act(data, folder, prune=prune)
    return dict(caught.value.problems)
