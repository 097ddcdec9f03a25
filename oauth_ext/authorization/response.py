"""The answer to the client: one builder, so that every answer has `iss` (RFC 9207), however it travels."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from oauth2_provider.http import OAuth2ResponseRedirect

from idp.ops.csp import allow_form_action
from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.errors import Refused
from oauth_ext.clients.models import Application, ResponseMode
from oauth_ext.pages import SEE_OTHER


def success(request: HttpRequest, client: Application, asked: Asked, code: str) -> HttpResponse:
    """Return what carries a code to the client (RFC 6749 §4.1.2)."""
    return _send(request, client, asked, {"code": code})


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return what carries an error to the client (RFC 6749 §4.1.2.1)."""
    error = refused.error
    answer = {"error": error.error, "error_description": error.description}
    return _send(request, refused.client, refused.asked, answer)


def _send(request: HttpRequest, client: Application, asked: Asked, answer: dict[str, str]) -> HttpResponse:
    """Add `state` and `iss`, and send it by the request's response mode."""
    if asked.state is not None:
        answer["state"] = asked.state
    answer["iss"] = settings.ISSUER_URL
    if asked.response_mode == ResponseMode.FORM_POST:
        return _form(request, client, asked.redirect_uri, answer)
    return _redirect(client, asked.redirect_uri, answer)


def _redirect(client: Application, redirect_uri: str, answer: dict[str, str]) -> HttpResponse:
    """Return a redirect with the answer in its query; the redirect URI's own query stays."""
    separator = "&" if "?" in redirect_uri else "?"
    location = f"{redirect_uri}{separator}{urlencode(answer)}"
    return OAuth2ResponseRedirect(location, client.get_allowed_schemes(), status=SEE_OTHER)


def _form(request: HttpRequest, client: Application, redirect_uri: str, answer: dict[str, str]) -> HttpResponse:
    """Return a page that posts the answer there: by a script, or by its button where there are none (Form Post §2)."""
    context = {"client": {"name": client.name or client.client_id}, "redirect_uri": redirect_uri, "answer": answer}
    response = render(request, "oauth_ext/form_post.html", context)
    allow_form_action(response, redirect_uri)
    return response
