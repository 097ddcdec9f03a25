"""`/o/device/`: where a person types the code of a device and says whether it may go on (RFC 8628 §3.3)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from typing_extensions import override

from idp.models import Session
from idp.ratelimit.errors import Limited
from idp.sessions import services as sessions
from idp.users.acr import meets
from oauth_ext.authorization.device import limits, pages, services, user_codes
from oauth_ext.authorization.device.errors import UnknownCode
from oauth_ext.authorization.interaction import demanded_acr
from oauth_ext.errors import InvalidRequest
from oauth_ext.pages import Page
from oauth_ext.parameters import read_form, read_query


class DeviceView(Page):
    """Asks for the code, then for the answer; both of the signed-in only."""

    @override
    def answer(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer; where too many codes were wrong, with the page that says so."""
        try:
            return super().answer(request, *args, **kwargs)
        except Limited as limited:
            return pages.limited(request, limited.retry_after)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the request whose code the browser carries, or ask for a code.

        A code in the address (`verification_uri_complete`) is taken out of it first: it goes into no history, no
        `next`, and nothing is looked up for strangers. It saves typing, never the answer (§3.3.1, §5.4).
        """
        parameters = read_query(request)
        parameters.refuse_repeated()
        if "user_code" in parameters:
            return _take(request, parameters.get("user_code"))
        session = sessions.current(request)
        if session is None:
            return pages.sign_in(request)
        user_code = pages.carried(request)
        return pages.ask(request) if user_code is None else _show(request, session, user_code)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the code that was typed, or the answer."""
        parameters = read_form(request)
        parameters.refuse_repeated()
        typed, decision = parameters.get("user_code"), parameters.get("decision")
        user_code = user_codes.read(typed)
        if decision is None or user_code is None:
            return _take(request, typed)
        if decision not in {"allow", "deny", "other"}:
            raise InvalidRequest("The decision must be to allow, to deny, or to use another account.")
        if decision == "other":
            sessions.end_current(request)
        pages.carry(request, user_code)
        session = sessions.current(request)
        if session is None:
            return pages.sign_in(request)
        return _decide(request, session, user_code, allowed=decision == "allow")


class DoneView(Page):
    """`/o/device/done/`: says what was answered."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say it."""
        return pages.done(request)


def _take(request: HttpRequest, typed: str | None) -> HttpResponse:
    """Carry a code on, or say why it is none."""
    user_code = user_codes.read(typed)
    if user_code is None:
        if sessions.current(request) is None:
            return pages.sign_in(request)
        return pages.ask(request, typed=(typed or "")[: 2 * user_codes.LENGTH], error=pages.is_no_code())
    pages.carry(request, user_code)
    return pages.go_on()


def _show(request: HttpRequest, session: Session, user_code: str) -> HttpResponse:
    """Look the code up, counting it, and show what waits under it."""
    limits.count_guess(request, session)
    try:
        grant = services.find(user_code)
        limits.forgive_guess(request, session)
        demanded = demanded_acr(None, grant.client, session)
        if not meets(session.acr, demanded):
            return pages.sign_in(request, acr=demanded, accent=grant.client.accent)
        services.show(grant, session)
    except UnknownCode:
        return _unknown(request, user_code)
    return pages.confirm(request, grant, session, user_code)


def _decide(request: HttpRequest, session: Session, user_code: str, *, allowed: bool) -> HttpResponse:
    """Answer the request, if this sign-in was shown it; whether another waits under the code is not told."""
    try:
        grant = services.find(user_code, shown_to=session)
        (services.allow if allowed else services.deny)(grant, session)
    except UnknownCode:
        return _unknown(request, user_code)
    return pages.answered(request, grant, session, allowed=allowed)


def _unknown(request: HttpRequest, user_code: str) -> HttpResponse:
    pages.drop(request)
    return pages.ask(request, typed=user_codes.shown(user_code), error=pages.nobody_waits())
