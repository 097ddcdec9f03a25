"""`/accounts/second-factor/`: the other half of signing in, and what a client asks of whoever is signed in already."""

from typing import TYPE_CHECKING, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from typing_extensions import override

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors import services as factors
from idp.factors.errors import BadPasskey
from idp.signin import limits, methods, passkeys, reason, stages
from idp.signin.pages import SEE_OTHER, Entrance
from idp.users.acr import TWO_FACTORS, meets
from idp.users.errors import Busy
from idp.users.models import User

CODE_MAX_LENGTH: Final = 64


class CodeForm(forms.Form):
    """The digits that the app shows, or a recovery code."""

    code = forms.CharField(max_length=CODE_MAX_LENGTH, error_messages={"required": gettext_lazy("Type a code.")})


if TYPE_CHECKING:
    CodeFormView = FormView[CodeForm]
else:
    CodeFormView = FormView


@method_decorator(never_cache, name="dispatch")
class SecondFactorView(Entrance, CodeFormView):
    """Asks for a passkey or a code, whichever there are and are enough; or says that none is."""

    template_name = "account/second_factor.html"
    form_class = CodeForm
    user: User

    @override
    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Find whose factor it is; whoever has not begun begins at the beginning."""
        self.pending = stages.waiting(request) if self.session is None else None
        if self.pending:
            self.user = self.pending[1]
        elif self.session and self._must_step_up():
            self.user = self.session.user
        else:
            return HttpResponseRedirect(reason.other_url(request, reason.SIGN_IN), status=SEE_OTHER)
        self.factors = factors.of_user(self.user.pk)
        return None

    @override
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Take a code, or a passkey."""
        if passkeys.FIELD not in request.POST:
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        try:
            proof = passkeys.prove(request, self.user)
        except BadPasskey:
            form = CodeForm({"code": "-"})
            form.add_error(None, _("This passkey did not work here. Try another way."))
            return self.form_invalid(form)
        if self.pending is None:
            return self.proved_again(methods.passkey(synced=proof.synced))
        methods.note_passkey(request, proof)
        return self._go_on()

    @override
    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Use the code up."""
        limits.count_second_factor(self.user)
        try:
            kind = factors.claim_code(self.user, form.cleaned_data["code"]) if self._code_is_enough() else None
        except Busy:
            limits.forgive_second_factor(self.user)
            raise
        if kind is None:
            audit.record(Event.FACTOR_REFUSED, {"factor": "code"}, about=Party(user=self.user.sub))
            form.add_error("code", _("This code is not right, is too old, or was used."))
            return self.form_invalid(form)
        limits.forgive_second_factor(self.user)
        if self.pending is None:
            return self.proved_again(methods.CODES[kind])
        methods.note_code(self.request, self.user, kind)
        return self._go_on()

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say which ways there are."""
        by_code = self._code_is_enough() and (self.factors.app or self.factors.recovery_codes_left)
        ways = {
            "by_passkey": bool(self.factors.passkeys),
            "by_code": bool(by_code),
            "has_app": self.factors.app is not None,
            "whose": self.user.username,
            "wants_passkey": not self._code_is_enough(),
        }
        return super().get_context_data(**kwargs) | self.who_asks() | ways

    def _code_is_enough(self) -> bool:
        """Whether a code takes whoever it is any further: of a sign-in that has just begun it is what there is."""
        return self.pending is not None or not self.reason or meets(TWO_FACTORS, self.reason.acr)

    def _go_on(self) -> HttpResponse:
        response: HttpResponse = self.pending[0].exit() if self.pending else HttpResponse(status=400)
        return response
