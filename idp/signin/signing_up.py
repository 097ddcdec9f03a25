"""Making oneself an account: what it shall be, then the code that proves the address, and only then the account."""

from typing import TYPE_CHECKING, Final

from allauth.account import views as allauth
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth.hashers import make_password
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from typing_extensions import override

from idp.providers import services as providers
from idp.signin import limits, line, methods, pending, reason
from idp.signin.first_passkey import FIRST_PASSKEY
from idp.signin.forms import PasskeySignUpForm, SignUpForm, VerifyForm
from idp.signin.pages import SEE_OTHER, Entrance, SignUpDoor
from idp.signin.pending import Pending
from idp.users import services as users
from idp.users.errors import AddressTaken, NameTaken

if TYPE_CHECKING:
    VerifyFormView = FormView[VerifyForm]
else:
    VerifyFormView = FormView

VERIFY: Final = "verify_email"
BY_PASSKEY: Final = "passkey"  # the name of that button


@method_decorator(never_cache, name="dispatch")
class SignUpView(SignUpDoor, Entrance, allauth.SignupView):
    """`/accounts/signup/`: what the account shall be; not there unless `SIGN_UP` is on.

    It tells whether a username is taken, as it must, as often as the limit lets it, and nothing of any address.
    """

    template_name = "account/signup.html"

    @override
    def get_form_class(self) -> type[Form]:
        """Return the form; its other button is for a passkey in place of a password."""
        return PasskeySignUpForm if BY_PASSKEY in self.request.POST else SignUpForm

    @override
    def get_initial(self) -> dict[str, object]:
        """Fill in the name or address that the client hinted at."""
        hint = self.reason.login_hint if self.reason else ""
        return {"email" if "@" in hint else "username": hint}

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Have a code mailed, whoever has the address, and lead on to where it is typed."""
        username, email = form.cleaned_data["username"], form.cleaned_data["email"].lower()
        limits.count_sign_up(self.request)
        if users.is_taken(username):
            form.add_error("username", _("This username is taken. Choose another one."))
            response: HttpResponse = self.form_invalid(form)
            return response
        password = form.cleaned_data["password1"]
        hashed = _hashed(password) if password else None  # before a mail is counted: it may be refused
        limits.count_sign_up_mail(email)
        pending.begin(self.request, username, email, hashed)
        return HttpResponseRedirect(reason.other_url(self.request, VERIFY))

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Point to the other page."""
        context = {"sign_in_url": reason.other_url(self.request, reason.SIGN_IN), "providers": providers.switched_on()}
        return super().get_context_data(**kwargs) | self.who_asks() | context


def _hashed(password: str) -> str:
    line.wait()
    return make_password(password)


@method_decorator(never_cache, name="dispatch")
class VerifyEmailView(SignUpDoor, Entrance, VerifyFormView):
    """`/accounts/verify-email/`: the code from the mail makes the account, and signs in with it.

    Where somebody wants a passkey in place of a password, it leads on to where that is made.
    """

    template_name = "account/verify_email.html"
    form_class = VerifyForm

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer the browser in which somebody signs up; others begin there."""
        waiting = pending.find(request)
        if waiting is None or waiting.proved:
            further = reason.SIGN_UP if waiting is None else FIRST_PASSKEY
            return HttpResponseRedirect(reason.other_url(request, further), status=SEE_OTHER)
        return super().dispatch(request, *args, **kwargs)

    @override
    def form_valid(self, form: VerifyForm) -> HttpResponse:
        """Make the account if the code is right, and start a session; who was signed in here before is signed out."""
        waiting = pending.find(self.request)
        if waiting is None:
            return HttpResponseRedirect(reason.other_url(self.request, reason.SIGN_UP))
        limits.count_sign_up_code(waiting.code_mac)
        sentence = _("This code is not right, or no longer. Look into the newest mail, or begin again.")
        if waiting.proved_by(form.cleaned_data["code"]):
            try:
                if waiting.sub:
                    return self._to_passkey(waiting)
                user = users.sign_up(waiting.username, waiting.password_hash, waiting.email)
            except (NameTaken, AddressTaken) as taken:
                sentence = pending.overtaken(taken)
            else:
                pending.forget(self.request)
                methods.begin(self.request)
                methods.note_password(self.request, user)
                login = Login(user=user, redirect_url=self.get_success_url())
                response: HttpResponse = perform_login(self.request, login)
                return response
        form.add_error("code", sentence)
        return self.form_invalid(form)

    def _to_passkey(self, waiting: Pending) -> HttpResponse:
        """Lead on; raises NameTaken and AddressTaken before a device keeps a passkey for nothing."""
        users.check_newcomer(waiting.username, waiting.email)
        pending.prove(self.request, waiting)
        return HttpResponseRedirect(reason.other_url(self.request, FIRST_PASSKEY))

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say where the mail went, and where to begin again."""
        waiting = pending.find(self.request)
        told = {
            "email": waiting.email if waiting else "",
            "by_passkey": waiting is not None and bool(waiting.sub),
            "sign_up_url": reason.other_url(self.request, reason.SIGN_UP),
            "minutes": pending.MINUTES,
        }
        return super().get_context_data(**kwargs) | self.who_asks() | told
