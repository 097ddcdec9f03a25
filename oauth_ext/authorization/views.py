"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2) and the pages that belong to it."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views.base import AuthorizationView as DOTAuthorizationView
from typing_extensions import override

from idp.models import Session
from idp.ratelimit import services as ratelimit
from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import AUTHORIZATION_REQUESTS, METADATA_DOCUMENTS
from idp.ratelimit.services import Limited
from idp.sessions import services as sessions
from oauth_ext.authorization import interaction, pages, pushed, response, services
from oauth_ext.authorization.checks import judge
from oauth_ext.authorization.errors import Refused
from oauth_ext.authorization.interaction import Answer, AskConsent, ChooseAccount, SignIn, Step
from oauth_ext.authorization.services import Ongoing
from oauth_ext.errors import (
    AccessDenied,
    InvalidRequest,
    OAuthError,
    TemporarilyUnavailable,
    UnmetAuthenticationRequirements,
)
from oauth_ext.pages import Page
from oauth_ext.parameters import Parameters, read_form, read_query
from oauth_ext.registration import documents


class AnsweringPage(Page):
    """A page about one request: a refusal that the client is to be told goes there."""

    @override
    def answer(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer the person, or the client."""
        try:
            return super().answer(request, *args, **kwargs)
        except Refused as refused:
            return response.refusal(request, refused)


@method_decorator(csrf_exempt, name="dispatch")
class AuthorizationView(AnsweringPage, DOTAuthorizationView):
    """`/o/authorize/`: takes requests in, takes up those that were pushed, and takes each up again by its `id`.

    DOT's view is the parent and the door; the judgement is ours (docs/decisions/authorization-request.md).
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Take in a request and go on with it, or take one up again; a pushed one goes on by its `id`, as all do."""
        parameters = read_query(request)
        if pushed.is_named(parameters):
            return pages.go_to("authorize", pushed.take_up(parameters))
        session = sessions.current(request)
        if "id" in parameters and "client_id" not in parameters:
            return proceed(request, services.find(parameters.get("id"), session), session)
        return proceed(request, take_in(request, parameters, session), session)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take in a request from any site, which brings no cookie, and go on with it by a GET, which does."""
        parameters = read_form(request)
        if pushed.is_named(parameters):
            return pages.go_to("authorize", pushed.take_up(parameters))
        return pages.go_to("authorize", take_in(request, parameters, None).handle)


class ChooseAccountView(AnsweringPage):
    """`/o/choose-account/`: go on as who is signed in, or as somebody else (prompt=select_account)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice; somebody else begins by signing out."""
        parameters = read_form(request)
        session = sessions.current(request)
        ongoing = services.find(parameters.get("id"), session)
        match parameters.get("choice"):
            case "continue" if session is not None:
                services.choose_account(ongoing, session)
            case "other":
                sessions.end_current(request)
            case "continue":
                pass  # signed out meanwhile: signing in is a choice too
            case _:
                raise InvalidRequest("The choice must be to continue or to use another account.")
        return pages.go_to("authorize", ongoing.handle)


class DeclineView(AnsweringPage):
    """`/o/decline/`: whoever can't sign in as strongly as is asked for, or doesn't want to, goes back to the client."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Claim the request and say why (RFC 9470 §5); to whoever nothing more is asked of, that they may go on."""
        session = sessions.current(request)
        ongoing = services.find(read_query(request).get("id"), session)
        step = next_step(ongoing, session)
        if not isinstance(step, SignIn) or not step.acr:
            return pages.go_to("authorize", ongoing.handle)
        services.claim(ongoing, session)
        raise Refused(UnmetAuthenticationRequirements(), ongoing.client, ongoing.asked)


class ConsentView(AnsweringPage):
    """`/o/consent/`: asks, and takes the decision of the person it asked."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask, if that is the next step."""
        session = sessions.current(request)
        ongoing = services.find(read_query(request).get("id"), session)
        step = next_step(ongoing, session)
        if session is None or not isinstance(step, AskConsent):
            return pages.go_to("authorize", ongoing.handle)
        return pages.consent(request, ongoing, session, step)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the decision of whoever was shown the page: no is no; yes counts if nothing else must be asked first."""
        parameters = read_form(request)
        session = sessions.current(request)
        ongoing = services.find(parameters.get("id"), session)
        decision, shown = parameters.get("decision"), ongoing.asked.shown_scopes
        if decision not in {"allow", "deny"}:
            raise InvalidRequest("The decision must be to allow or to deny.")
        if session is None or shown is None:
            return pages.go_to("authorize", ongoing.handle)
        if decision == "deny":
            services.claim(ongoing, session)
            raise Refused(AccessDenied(), ongoing.client, ongoing.asked)
        step = next_step(ongoing, session)
        if not isinstance(step, AskConsent):
            return pages.go_to("authorize", ongoing.handle)
        scopes = [scope for scope in step.scopes if scope in shown]
        return response.success(request, ongoing.client, ongoing.asked, services.allow(ongoing, session, scopes))


def take_in(request: HttpRequest, parameters: Parameters, session: Session | None) -> Ongoing:
    """Judge a request and keep it; one too many raises `Limited`, or `Refused` where nobody may be shown a page."""
    address = client_address(request)
    documents.learn(parameters.get("client_id"), lambda: ratelimit.take(METADATA_DOCUMENTS, address))
    client, asked = judge(parameters)
    try:
        ratelimit.take(AUTHORIZATION_REQUESTS, f"session {session.pk}" if session else address)
    except Limited as limited:
        if "none" in asked.prompt:
            raise Refused(TemporarilyUnavailable(), client, asked) from limited
        raise
    return services.store(client, asked)


def proceed(request: HttpRequest, ongoing: Ongoing, session: Session | None) -> HttpResponse:
    """Do the next step of a request."""
    match next_step(ongoing, session):
        case SignIn() as step:
            return pages.sign_in(request, ongoing, step)
        case ChooseAccount() if session is not None:
            return pages.choose_account(request, ongoing, session)
        case Answer(scopes, consent) if session is not None:
            code = services.answer(ongoing, session, scopes, consent)
            return response.success(request, ongoing.client, ongoing.asked, code)
    return pages.go_to("consent", ongoing.handle)


def next_step(ongoing: Ongoing, session: Session | None) -> Step:
    """Return the next step; where the client is to be told instead, that is the one answer: raises `Refused`."""
    try:
        return interaction.next_step(ongoing.row, ongoing.client, ongoing.asked, session)
    except OAuthError as error:
        services.claim(ongoing, session)
        raise Refused(error, ongoing.client, ongoing.asked) from error
