"""The answer to the client: one builder, so that every answer has `iss` (RFC 9207), however it travels."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from oauth2_provider.http import OAuth2ResponseRedirect

from idp.ops.csp import allow_form_action
from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.consent_page import receiver, unchecked
from oauth_ext.authorization.errors import Refused
from oauth_ext.clients.models import Application, ResponseMode
from oauth_ext.errors import AccessDenied
from oauth_ext.pages import SEE_OTHER


def success(request: HttpRequest, client: Application, asked: Asked, code: str) -> HttpResponse:
    """Return what carries a code to the client (RFC 6749 §4.1.2)."""
    return _send(request, client, asked, {"code": code})


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return what carries an error to the client (RFC 6749 §4.1.2.1).

    To a client that nobody here knows people are sent by what they decide or press, never for an error that the client
    itself brought about: else a stranger who registers an address makes us the link to it (RFC 9700 §4.11.2).
    """
    error, client, asked = refused.error, refused.client, refused.asked
    answer = {"error": error.error, "error_description": error.description}
    if client.describes_itself and not isinstance(error, AccessDenied):
        return _page(request, refused, _complete(asked, answer))
    return _send(request, client, asked, answer)


def _send(request: HttpRequest, client: Application, asked: Asked, answer: dict[str, str]) -> HttpResponse:
    """Send it by the request's response mode."""
    answer = _complete(asked, answer)
    if asked.response_mode == ResponseMode.FORM_POST:
        return _form(request, client, asked.redirect_uri, answer)
    location = _location(asked.redirect_uri, answer)
    return OAuth2ResponseRedirect(location, client.get_allowed_schemes(), status=SEE_OTHER)


def _complete(asked: Asked, answer: dict[str, str]) -> dict[str, str]:
    """Return the answer with `state` and `iss`."""
    state = {} if asked.state is None else {"state": asked.state}
    return {**answer, **state, "iss": settings.ISSUER_URL}


def _location(redirect_uri: str, answer: dict[str, str]) -> str:
    """Return the redirect URI with the answer in its query; its own query stays."""
    separator = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{separator}{urlencode(answer)}"


def _page(request: HttpRequest, refused: Refused, answer: dict[str, str]) -> HttpResponse:
    """Return a page that says what happened, with a link to where the answer would have gone."""
    client, asked = refused.client, refused.asked
    context = {
        "client": {"name": client.name or client.client_id},
        "unchecked": unchecked(client),
        "host": receiver(asked.redirect_uri),
        "location": _location(asked.redirect_uri, answer),
        "error": refused.error.error,
        "description": refused.error.description,
    }
    return render(request, "oauth_ext/refused.html", context, status=400)


def _form(request: HttpRequest, client: Application, redirect_uri: str, answer: dict[str, str]) -> HttpResponse:
    """Return a page that posts the answer there: by a script, or by its button where there are none (Form Post §2)."""
    context = {"client": {"name": client.name or client.client_id}, "redirect_uri": redirect_uri, "answer": answer}
    response = render(request, "oauth_ext/form_post.html", context)
    allow_form_action(response, redirect_uri)
    return response
