"""`/accounts/password/change/`: a new password for whoever is signed in and types the old one."""

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView
from typing_extensions import override

from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.signin import passwords, reason
from idp.signin.methods import PASSWORD, Authentication
from idp.signin.pages import SEE_OTHER, Page
from idp.signin.reason import SignInReason
from idp.users import services as users
from idp.users.errors import BadPassword, Overtaken, WrongPassword


class ChangeForm(forms.Form):
    """The password there is, and the one there will be."""

    current = forms.CharField(strip=False, error_messages={"required": gettext_lazy("Type your current password.")})
    password1 = forms.CharField(strip=False, error_messages={"required": gettext_lazy("Choose a password.")})


if TYPE_CHECKING:
    ChangeFormView = FormView[ChangeForm]
else:
    ChangeFormView = FormView


@require_safe
def well_known(_request: HttpRequest) -> HttpResponse:
    """`/.well-known/change-password`: lead password managers to the page (W3C Change Password URL)."""
    return redirect("password_change")


@method_decorator(never_cache, name="dispatch")
class ChangePasswordView(Page, ChangeFormView):
    """Everything else of the person ends; this browser's sign-in goes on."""

    template_name = "account/password_change.html"
    form_class = ChangeForm

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer the signed-in; strangers sign in first."""
        if sessions.current(request) is None:
            why = SignInReason(way_back=reverse("password_change"), purpose=_("Sign in to change your password."))
            return HttpResponseRedirect(reason.leave(request, why), status=SEE_OTHER)
        return super().dispatch(request, *args, **kwargs)

    @override
    def form_valid(self, form: ChangeForm) -> HttpResponse:
        """Change it, and carry this sign-in on, with what was just proved."""
        session = sessions.current(self.request)
        if session is None:
            return HttpResponseRedirect(reverse("password_change"))
        typed = form.cleaned_data
        try:
            passwords.check(self.request, session.user, typed["current"], typed["password1"])
            users.set_password(session.user, typed["password1"], and_then=lambda: self._keep(session))
        except (WrongPassword, Overtaken):
            form.add_error("current", _("This is not your current password."))
            return self.form_invalid(form)
        except BadPassword as bad:
            form.add_error("password1", str(bad))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("password_changed"))

    def _keep(self, session: Session) -> None:
        if sessions.keep(session.pk, session.user):
            together = Authentication(session.acr, session.amr).and_then(PASSWORD)
            sessions.renew(self.request, amr=together.amr, acr=together.acr)

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Tell the page whose password it is, for the browser's password manager."""
        return super().get_context_data(**kwargs) | {"session": sessions.current(self.request)}


@method_decorator(never_cache, name="dispatch")
class ChangedView(Page, TemplateView):
    """`/accounts/password/change/done/`: what has happened."""

    template_name = "account/password_changed.html"
