"""Signing in, proving it again, changing accounts, signing out; resetting a password by mail."""

from dataclasses import replace
from typing import TYPE_CHECKING

from allauth.account import views as allauth
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from typing_extensions import override

from idp.factors import passkeys as own_passkeys
from idp.factors.errors import BadPasskey
from idp.providers import services as providers
from idp.sessions import services as sessions
from idp.signin import limits, methods, passkeys, reason, resets
from idp.signin.forms import ProveForm, ResetForm, SignInForm
from idp.signin.pages import HOME, SEE_OTHER, Detour, Entrance, Page, say_only
from idp.signin.reason import SignInReason
from idp.signin.stages import SECOND_FACTOR
from idp.users.errors import Overtaken
from idp.users.models import User

if TYPE_CHECKING:
    PlainFormView = FormView[Form]
    ResetFormView = FormView[ResetForm]
else:
    PlainFormView = ResetFormView = FormView


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignInView(Entrance, PlainFormView):
    """`/accounts/login/`: name and password, or only the password of whoever has to prove it again."""

    template_name = "account/login.html"

    @override
    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Ask; whoever signed in lately enough, but with too little, is asked for the rest alone."""
        if self.session and not self._must_be_fresher():
            return HttpResponseRedirect(reason.other_url(request, SECOND_FACTOR), status=SEE_OTHER)
        return super().get(request, *args, **kwargs)

    @override
    def get_form_class(self) -> type[Form]:
        """Return the form: for the signed-in only their password."""
        return ProveForm if self.session else SignInForm

    @override
    def get_form_kwargs(self) -> dict[str, object]:
        """Tell the form who is asked."""
        asked = {"user": self.session.user} if self.session else {}
        return super().get_form_kwargs() | {"request": self.request} | asked

    @override
    def get_initial(self) -> dict[str, object]:
        """Fill in the name that the client hinted at."""
        return {"login": self.reason.login_hint} if self.reason else {}

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Go on to a session, or renew the one there is."""
        if isinstance(form, SignInForm):
            methods.begin(self.request)
            methods.note_password(self.request, form.user)
            return self._signed_in(form.user)
        return self.proved_again(methods.PASSWORD)

    @override
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Take a name and a password, or a passkey."""
        if passkeys.FIELD not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            proof = passkeys.prove(request, self.session.user if self.session else None)
        except BadPasskey:
            return self.problem(_("This passkey did not work here. Try another way."))
        if self.session:
            return self.proved_again(methods.passkey(synced=proof.synced))
        methods.begin(request)
        methods.note_passkey(request, proof)
        return self._signed_in(proof.user)

    def _signed_in(self, user: User) -> HttpResponse:
        answer: HttpResponse = perform_login(self.request, Login(user=user, redirect_url=self.get_success_url()))
        return answer

    def problem(self, sentence: str) -> HttpResponse:
        """Show the page with only this sentence of what went wrong."""
        form = self.get_form()
        say_only(form, sentence)
        return self.form_invalid(form)

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Point to the other page, where there is one."""
        sign_up_url = reason.other_url(self.request, reason.SIGN_UP) if settings.SIGN_UP else ""
        has_passkey = self.session is not None and own_passkeys.of_user(self.session.user_id).exists()
        context = {"demo": settings.DEBUG, "sign_up_url": sign_up_url, "has_passkey": has_passkey}
        context["providers"] = providers.switched_on()
        return super().get_context_data(**kwargs) | self.who_asks() | context


@method_decorator(never_cache, name="dispatch")
class SwitchView(View):
    """`POST /accounts/switch/`: sign out here, and in as somebody else, with the same way back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session and keep the reason: whoever has another account needs no new one."""
        why = reason.find(request) or SignInReason(way_back=reason.way_back(request) or HOME)
        sessions.end_current(request)
        return HttpResponseRedirect(reason.leave(request, replace(why, new=False)), status=SEE_OTHER)


@method_decorator(never_cache, name="dispatch")
class SignOutView(Page, allauth.LogoutView):
    """`/accounts/logout/`: asks, and ends the session on POST."""

    http_method_names = ["get", "post"]


@method_decorator(never_cache, name="dispatch")
class ResetPasswordView(Detour, Page, ResetFormView):
    """`/accounts/password/reset/`: a mail to whoever reads the mailbox; the page says the same to all."""

    template_name = "account/password_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("account_reset_password_done")

    @override
    def form_valid(self, form: ResetForm) -> HttpResponse:
        """Leave it to the worker."""
        email = str(form.cleaned_data["email"])
        limits.count_reset(self.request, email)
        resets.ask(email)
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class ResetPasswordDoneView(Detour, Page, TemplateView):
    """`/accounts/password/reset/done/`: where to look."""

    template_name = "account/password_reset_done.html"


@method_decorator(never_cache, name="dispatch")
class SetPasswordView(Page, allauth.PasswordResetFromKeyView):
    """The link in the mail: sets a new password, once; it signs nobody in, and ends what there was."""

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Set it, unless somebody else did since the link was looked at."""
        try:
            response: HttpResponse = super().form_valid(form)
        except Overtaken:
            response = self.render_to_response(self.get_context_data(token_fail=True))
        return response


@method_decorator(never_cache, name="dispatch")
class PasswordSetView(Detour, Page, TemplateView):
    """`/accounts/password/reset/key/done/`: the new password may be used."""

    template_name = "account/password_reset_from_key_done.html"


@method_decorator(never_cache, name="dispatch")
class HomeView(TemplateView):
    """`/`: who is signed in here, and where to go."""

    template_name = "home.html"

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say whether there are other providers."""
        return super().get_context_data(**kwargs) | {"providers": providers.switched_on()}
