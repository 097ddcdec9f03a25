"""The answer to the client: one builder, so that every answer that leaves by redirect has `iss` (RFC 9207)."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from oauth2_provider.http import OAuth2ResponseRedirect

from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.errors import Refused
from oauth_ext.clients.models import Application
from oauth_ext.pages import SEE_OTHER


def success(client: Application, asked: Asked, code: str) -> HttpResponse:
    """Return the redirect that carries a code (RFC 6749 §4.1.2)."""
    return _redirect(client, asked, {"code": code})


def refusal(refused: Refused) -> HttpResponse:
    """Return the redirect that carries an error (RFC 6749 §4.1.2.1)."""
    error = refused.error
    return _redirect(refused.client, refused.asked, {"error": error.error, "error_description": error.description})


def _redirect(client: Application, asked: Asked, answer: dict[str, str]) -> HttpResponse:
    """Add the answer, `state` and `iss` to the redirect URI, whose own query stays."""
    if asked.state is not None:
        answer["state"] = asked.state
    answer["iss"] = settings.ISSUER_URL
    separator = "&" if "?" in asked.redirect_uri else "?"
    location = f"{asked.redirect_uri}{separator}{urlencode(answer)}"
    return OAuth2ResponseRedirect(location, client.get_allowed_schemes(), status=SEE_OTHER)
