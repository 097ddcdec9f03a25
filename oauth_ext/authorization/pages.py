"""The pages between a request and its answer: each step of `interaction` is one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from idp.models import Session
from idp.ops.csp import allow_form_action
from idp.signin import reason
from idp.signin.reason import speak
from idp.theme.worn import wear
from oauth_ext.authorization import consent_page, services
from oauth_ext.authorization.interaction import AskConsent, SignIn
from oauth_ext.authorization.services import Ongoing
from oauth_ext.pages import SEE_OTHER


def url(name: str, handle: str) -> str:
    """Return the path of a page about the request of this handle."""
    return f"{reverse(name)}?{urlencode({'id': handle})}"


def go_to(name: str, handle: str) -> HttpResponse:
    """Send the browser to a page about a request."""
    return HttpResponseRedirect(url(name, handle), status=SEE_OTHER)


def sign_in(request: HttpRequest, ongoing: Ongoing, step: SignIn) -> HttpResponse:
    """Leave the sign-in page what it has to know, and send the browser there."""
    asked = ongoing.asked
    speak(asked.language)
    why = reason.SignInReason(
        client_name=consent_page.display_name(ongoing),
        scopes=tuple((scope["name"], scope["description"]) for scope in consent_page.described(asked.scopes)),
        since=step.since,
        acr=step.acr,
        language=asked.language,
        decline_url=url("decline", ongoing.handle),
        new=step.new,
        login_hint=asked.login_hint,
        leads_to=asked.redirect_uri,
        accent=ongoing.client.accent,
        way_back=url("authorize", ongoing.handle),
    )
    return HttpResponseRedirect(reason.leave(request, why), status=SEE_OTHER)


def choose_account(request: HttpRequest, ongoing: Ongoing, session: Session) -> HttpResponse:
    """Ask whether to go on as who is signed in."""
    context = {
        "user": session.user,
        "client": {"name": consent_page.display_name(ongoing)},
        "request_id": ongoing.handle,
        "form_action": reverse("choose-account"),
    }
    return _page(request, ongoing, "choose_account", context)


def consent(request: HttpRequest, ongoing: Ongoing, session: Session, step: AskConsent) -> HttpResponse:
    """Ask for consent; from here on the request is this sign-in's."""
    services.show_consent(ongoing, session, step.scopes)
    speak(ongoing.asked.language)
    context = consent_page.context(ongoing, session, step) | {"form_action": reverse("consent")}
    return _page(request, ongoing, "consent", context)


def _page(request: HttpRequest, ongoing: Ongoing, name: str, context: dict[str, object]) -> HttpResponse:
    """Render a page whose form may end at this request's redirect URI: browsers hold the redirect to `form-action`."""
    speak(ongoing.asked.language)
    wear(request, ongoing.client.accent)
    response = render(request, f"oauth_ext/{name}.html", context)
    allow_form_action(response, ongoing.asked.redirect_uri)
    return response
