"""Another provider, and a browser that goes there and comes back."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

from idp.providers import documents, registry
from idp.providers.models import IdentityProvider
from idp.signin import reason
from tests.other_provider import CLIENT_ID, SECRET, OtherProvider

AT = "/accounts/providers/example/"


@pytest.fixture
def other(settings, db) -> Iterator[OtherProvider]:
    """The other side."""
    settings.OUTBOUND_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    documents.forget()
    with OtherProvider() as provider:
        yield provider
    documents.forget()


@pytest.fixture
def declare(other: OtherProvider) -> Callable[..., IdentityProvider]:
    """A function that has it here under a name, as `apply` does."""

    def create(name: str = "example", *, at: OtherProvider = other, **changes: object) -> IdentityProvider:
        described: dict[str, Any] = {
            "display_name": "Example",
            "issuer": at.issuer,
            "client_id": CLIENT_ID,
            "sign_up": True,
        }
        spec = registry.ProviderSpec(**{**described, **changes})
        return registry.create(name, spec, secret=SECRET if spec.auth_method in registry.SECRET_METHODS else None)

    return create


@pytest.fixture
def example(declare: Callable[..., IdentityProvider]) -> IdentityProvider:
    """It, under its usual name."""
    return declare()


def url_on(response) -> str:
    """Where a page sends the browser on to."""
    assert response.status_code == 200, response.content.decode()
    found = re.search(r'content="0;url=([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1])


def there_and_back(browser: Client, other: OtherProvider, *, at: str = AT, callback: str = "", **fields):
    """Press the button, sign in there, come back; what the callback answers."""
    answer = other.sign_in(url_on(browser.post(at, fields)))
    return browser.get((callback or AT) + "callback/", answer)


@pytest.fixture
def leave_reason(request_of) -> Callable[[Client], str]:
    """A function that leaves in a browser that somebody shall prove anew who they are; the way back."""

    def leave(browser: Client) -> str:
        request = request_of(browser)
        why = reason.SignInReason("/o/authorize/?id=x", since=timezone.now() + timedelta(milliseconds=1))
        reason.leave(request, why)
        request.session.save()
        browser.cookies[configured.SESSION_COOKIE_NAME] = request.session.session_key
        return str(why.way_back)

    return leave
