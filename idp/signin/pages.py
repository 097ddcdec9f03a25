"""What all pages of signing in have in common."""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.forms import BaseForm
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic.base import ContextMixin
from django.views.generic.edit import FormMixin
from typing_extensions import override

from idp.ops.csp import allow_form_action
from idp.ratelimit.errors import Limited
from idp.ratelimit.pages import too_many
from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.signin import line, reason
from idp.signin.methods import Authentication
from idp.signin.reason import SignInReason
from idp.signin.stages import SECOND_FACTOR
from idp.theme.worn import wear
from idp.users.acr import meets
from idp.users.errors import Busy

FOUND: Final = 302
SEE_OTHER: Final = 303  # never 307, which would send the password on (RFC 9700 §4.12)
HOME: Final = "/"
BUSY: Final = _(
    "So many passwords are being checked at this moment that yours was not. Wait a few seconds, then send it again."
)


def say_only(form: BaseForm, sentence: str) -> None:
    """Have a form show this and no other error, unjudged: judging it would try the password."""
    form._errors, form.cleaned_data = ErrorDict(), {}  # type: ignore[attr-defined]  # as Django does it
    form.add_error(None, sentence)


class Page(View):
    """Answers a limit with a page that says when to come back, and what was sent with a redirect that is a GET.

    Where a password can't be checked now, the form comes again with what was typed, but for the password.

    It has the language and the colour of the reason for which somebody is here, or of the client that waits for them.
    """

    @override
    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Choose language and colour."""
        super().setup(request, *args, **kwargs)
        reason.speak(reason.language(request))
        wear(request, reason.accent(request))

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, or say when to come back."""
        try:
            with line.until_answered():
                response = self._first(request) or super().dispatch(request, *args, **kwargs)
        except Limited as limited:
            response = too_many(request, limited)
        except Busy as busy:
            response = self._ask_again(request, busy)
        if request.method == "POST" and response.status_code == FOUND:
            response.status_code = SEE_OTHER
        return response

    def before(self, _request: HttpRequest) -> HttpResponseBase | None:
        """Return what is answered in place of the page, or None."""
        return None

    def _first(self, request: HttpRequest) -> HttpResponseBase | None:
        """Judge the method before who it is: what the page doesn't take it takes from nobody."""
        method = (request.method or "").lower()
        known = method in self.http_method_names and hasattr(self, method)
        return self.before(request) if known else None

    def _ask_again(self, request: HttpRequest, busy: Busy) -> HttpResponse:
        """Return 503 with `Retry-After` in seconds."""
        if isinstance(self, FormMixin):
            form = self.get_form()
            say_only(form, str(BUSY))
            response: HttpResponse = self.form_invalid(form)
        else:
            response = render(request, "503.html", {"sentence": BUSY, "way_back": request.get_full_path()})
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response["Retry-After"] = str(busy.retry_after)
        return response


class SignUpDoor(View):
    """Put before a page of signing up: it is there only where people may."""

    @override
    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Answer as if there were no such page, unless `SIGN_UP` is on: before anything else is looked at."""
        if not settings.SIGN_UP:
            raise Http404
        super().setup(request, *args, **kwargs)


class Entrance(Page):
    """A page that leads to a session, and from there on to whoever asked for it."""

    http_method_names = ["get", "head", "post", "options"]

    @override
    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Look who is signed in and why they come."""
        super().setup(request, *args, **kwargs)
        self.reason: SignInReason | None = reason.find(request)
        self.session: Session | None = sessions.current(request)

    @override
    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Send whoever is signed in well enough on their way, and ask the others."""
        if self.session is not None and not self._must_prove():
            return HttpResponseRedirect(self.get_success_url(), status=SEE_OTHER)
        return None

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer with a page whose form may lead to where the way back ends."""
        response = super().dispatch(request, *args, **kwargs)
        if self.reason and self.reason.leads_to:
            allow_form_action(response, self.reason.leads_to)
        return response

    def get_success_url(self) -> str:
        """Return the way back, if it is one of ours."""
        return reason.way_back(self.request) or HOME

    def who_asks(self) -> dict[str, object]:
        """Return what the page says of who asks and why."""
        return {"reason": self.reason, "proving": self.session, "next": reason.way_back(self.request) or ""}

    def proved_again(self, shown: Authentication) -> HttpResponse:
        """Take note of what whoever is signed in has just proved, and go on: to show more, or on their way."""
        if self.session is not None:
            together = Authentication(self.session.acr, self.session.amr).and_then(shown)
            sessions.renew(self.request, amr=together.amr, acr=together.acr)
        if self._must_step_up():
            return HttpResponseRedirect(reason.other_url(self.request, SECOND_FACTOR), status=SEE_OTHER)
        reason.forget(self.request)
        return HttpResponseRedirect(self.get_success_url(), status=SEE_OTHER)

    def _must_prove(self) -> bool:
        if self.reason is None or self.session is None:
            return False
        return self._must_be_fresher() or self._must_step_up()

    def _must_be_fresher(self) -> bool:
        """Whether whoever is signed in did so too long ago."""
        since = self.reason.since if self.reason else None
        return since is not None and self.session is not None and self.session.auth_time < since

    def _must_step_up(self) -> bool:
        """Whether whoever is signed in has to show more than they have."""
        if self.reason is None or self.session is None:
            return False
        return not meets(self.session.acr, self.reason.acr)


class Detour(ContextMixin):
    """A page that leads back to signing in, for whoever asked before the password was forgotten."""

    request: HttpRequest

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Point to the sign-in page."""
        return super().get_context_data(**kwargs) | {"sign_in_url": reason.sign_in_url(self.request)}
