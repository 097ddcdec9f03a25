"""Signing in, proving it again, changing accounts, signing out; resetting a password by mail."""

from typing import Final

from allauth.account import views as allauth
from allauth.account.forms import LoginForm, ReauthenticateForm
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from typing_extensions import override

from idp.ops.csp import allow_form_action
from idp.ratelimit.errors import Limited
from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.signin import limits, reason
from idp.signin.methods import PASSWORD_ACR, PASSWORD_AMR
from idp.signin.reason import SignInReason

SEE_OTHER: Final = 303  # never 307, which would send the password on (RFC 9700 §4.12)
HOME: Final = "/"


class Limiting(View):
    """Answers a limit with a page that says when to come back."""

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, or 429 with `Retry-After` in seconds."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Limited as limited:
            context = {"minutes": -(-limited.retry_after // 60), "way_back": request.get_full_path()}
            response = render(request, "429.html", context, status=429)
            response["Retry-After"] = str(limited.retry_after)
            return response


class SignInView(Limiting, allauth.LoginView):
    """`/accounts/login/`: name and password, or only the password of whoever has to prove it again."""

    template_name = "account/login.html"

    @override
    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Look who is signed in and why they come."""
        super().setup(request, *args, **kwargs)
        self.reason: SignInReason | None = reason.find(request)
        self.session: Session | None = sessions.current(request)

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Send whoever is signed in well enough on their way, and ask the others."""
        if self.session is not None and not self._must_prove():
            return HttpResponseRedirect(self.get_success_url(), status=SEE_OTHER)
        response = super().dispatch(request, *args, **kwargs)
        if self.reason and self.reason.leads_to:
            allow_form_action(response, self.reason.leads_to)
        return response

    @override
    def get_authenticated_redirect_url(self) -> str:
        """Return where allauth would send the signed-in: never asked, `dispatch` has decided."""
        return self.get_success_url()

    @override
    def get_success_url(self) -> str:
        """Return the way back, if it is one of ours."""
        return reason.way_back(self.request) or HOME

    @override
    def get_form_class(self) -> type[Form]:
        """Return the form: for the signed-in only their password."""
        form: type[Form] = ReauthenticateForm if self.session else LoginForm
        return form

    @override
    def get_form_kwargs(self) -> dict[str, object]:
        """Tell the form who is asked."""
        kwargs: dict[str, object] = super().get_form_kwargs()
        if self.session:
            kwargs.pop("request", None)
            kwargs["user"] = self.session.user
        return kwargs

    @override
    def get_initial(self) -> dict[str, object]:
        """Fill in the name that the client hinted at."""
        return {"login": self.reason.login_hint} if self.reason else {}

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Start a session, or renew the one there is."""
        if self.session:
            sessions.renew(self.request, amr=list(PASSWORD_AMR), acr=PASSWORD_ACR)
            return HttpResponseRedirect(self.get_success_url(), status=SEE_OTHER)
        response: HttpResponse = super().form_valid(form)
        response.status_code = SEE_OTHER
        return response

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say who asks and why."""
        context = {"reason": self.reason, "proving": self.session, "next": reason.way_back(self.request) or ""}
        found: dict[str, object] = super().get_context_data(**kwargs)
        return found | context | {"demo": settings.DEBUG}

    def _must_prove(self) -> bool:
        since = self.reason.since if self.reason else None
        return since is not None and self.session is not None and self.session.auth_time < since


@method_decorator(never_cache, name="dispatch")
class SwitchView(View):
    """`POST /accounts/switch/`: sign out here, and in as somebody else, with the same way back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session and keep the reason."""
        why = reason.find(request)
        sessions.end_current(request)
        kept = reason.leave(request, why) if why else settings.LOGIN_REDIRECT_URL
        return HttpResponseRedirect(kept, status=SEE_OTHER)


class SignOutView(allauth.LogoutView):
    """`/accounts/logout/`: asks, and ends the session on POST."""

    http_method_names = ["get", "post"]


class ResetPasswordView(Limiting, allauth.PasswordResetView):
    """`/accounts/password/reset/`: a mail to whoever has the address; the page says the same to all."""

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Leave the mail to the outbox."""
        limits.count_reset(self.request, str(form.cleaned_data["email"]))
        response: HttpResponse = super().form_valid(form)
        return response


class SetPasswordView(Limiting, allauth.PasswordResetFromKeyView):
    """The link in the mail: sets a new password, once."""


@method_decorator(never_cache, name="dispatch")
class HomeView(TemplateView):
    """`/`: who is signed in here, and where to go."""

    template_name = "home.html"
