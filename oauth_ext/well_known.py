"""`/.well-known/*`: public, the same for everybody, and kept by caches for five minutes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from oauth_ext import metadata
from oauth_ext.keys import services as keys

# How long a client may go on without a key that has just been published, or with one that was withdrawn
MAX_AGE_SECONDS = 300


@require_safe
def authorization_server(_request: HttpRequest) -> HttpResponse:
    """Answer with the metadata of the authorization server (RFC 8414, OIDC Discovery)."""
    return _published(metadata.authorization_server(settings.ISSUER_URL))


@require_safe
def protected_resource(_request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer with the metadata of our own API (RFC 9728)."""
    return _published(metadata.protected_resource(settings.ISSUER_URL, path))


@require_safe
def jwks(_request: HttpRequest) -> HttpResponse:
    """Answer with the public keys (RFC 7517 §5)."""
    return _published(keys.jwks())


def _published(body: bytes) -> HttpResponse:
    headers = {"Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    return HttpResponse(body, content_type="application/json", headers=headers)
