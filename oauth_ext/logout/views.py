"""`/o/logout/` (OIDC RP-Initiated Logout) and its question."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.http import OAuth2ResponseRedirect

from idp.ops.csp import allow_form_action
from idp.sessions import services as sessions
from oauth_ext.errors import InvalidRequest
from oauth_ext.logout import services
from oauth_ext.logout.request import LogoutRequest, judge
from oauth_ext.pages import SEE_OTHER, Page
from oauth_ext.parameters import read_form, read_query


@method_decorator(csrf_exempt, name="dispatch")
class LogoutView(Page):
    """Takes the request in; signs out at once where the client shows an ID token of this session, else asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Sign out, or ask."""
        parameters = read_query(request)
        sealed = parameters.get("id")
        wanted = LogoutRequest.unseal(sealed) if sealed else judge(parameters)
        session = sessions.current(request)
        if session is None:
            return farewell(request, wanted)
        if services.must_ask(wanted, session):
            return ask(request, wanted)
        sessions.end_current(request)
        return farewell(request, wanted)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take in a request from any site, which brings no cookie, and go on with it by a GET, which does."""
        sealed = judge(read_form(request)).seal()
        return HttpResponseRedirect(f"{reverse('rp-initiated-logout')}?{urlencode({'id': sealed})}", status=SEE_OTHER)


class ConfirmLogoutView(Page):
    """`/o/logout/confirm/`: the answer to the question."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out."""
        parameters = read_form(request)
        wanted = LogoutRequest.unseal(parameters.require("id"))
        if "confirm" not in parameters:
            raise InvalidRequest("Nothing was confirmed: you are still signed in.")
        if sessions.current(request) is not None:
            sessions.end_current(request)
        return farewell(request, wanted)


def ask(request: HttpRequest, wanted: LogoutRequest) -> HttpResponse:
    """Ask the person who is signed in; the form may end where the client wants them sent."""
    context = {
        "client": {"name": wanted.client_name} if wanted.client_name else None,
        "user": request.user,
        "form_action": reverse("confirm-logout"),
        "fields": {"id": wanted.seal()},
    }
    response = render(request, "oauth_ext/logout.html", context)
    if wanted.post_logout_redirect_uri:
        allow_form_action(response, wanted.post_logout_redirect_uri)
    return response


def farewell(request: HttpRequest, wanted: LogoutRequest) -> HttpResponse:
    """Send the person back to the client, or say that they are signed out."""
    uri = wanted.post_logout_redirect_uri
    if uri is None:
        return render(request, "oauth_ext/logged_out.html")
    if wanted.state is not None:
        uri += ("&" if "?" in uri else "?") + urlencode({"state": wanted.state})
    return OAuth2ResponseRedirect(uri, [urlsplit(uri).scheme], status=SEE_OTHER)
