"""Making oneself an account that has a passkey and no password: the address is proved, then the passkey made.

Only then is there an account: one that nobody could sign in to is never left.
"""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from typing_extensions import override

from idp.factors import passkeys
from idp.factors.errors import BadPasskey
from idp.factors.passkeys import Proof
from idp.signin import limits, methods, pending, reason
from idp.signin import passkeys as in_browser
from idp.signin.pages import SEE_OTHER, Entrance, Page, SignUpDoor
from idp.users import services as users
from idp.users.errors import AddressTaken, NameTaken

if TYPE_CHECKING:
    PlainFormView = FormView[Form]
else:
    PlainFormView = FormView

FIRST_PASSKEY: Final = "first_passkey"


@method_decorator(never_cache, name="dispatch")
class FirstPasskeyView(SignUpDoor, Entrance, PlainFormView):
    """`/accounts/signup/passkey/`: has the browser make the passkey; with it the account is made, and signed in to."""

    template_name = "account/signup_passkey.html"
    form_class = Form

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer the browser in which the code was right; others begin at the beginning."""
        if pending.proved(request) is None:
            return HttpResponseRedirect(reason.other_url(request, reason.SIGN_UP), status=SEE_OTHER)
        return super().dispatch(request, *args, **kwargs)

    @override
    def form_valid(self, form: Form) -> HttpResponse:
        """Make the account and keep its passkey, or neither; start a session."""
        waiting = pending.proved(self.request)
        if waiting is None:
            return HttpResponseRedirect(reason.other_url(self.request, reason.SIGN_UP))
        try:
            state, answer = in_browser.answered(self.request)
            with transaction.atomic():
                user = users.sign_up(waiting.username, waiting.password_hash, waiting.email, UUID(waiting.sub))
                made = passkeys.add_first(user, state, answer)
        except BadPasskey:
            form.add_error(None, _("No passkey was made. Try again."))
        except (NameTaken, AddressTaken) as taken:
            form.add_error(None, pending.overtaken(taken))
        else:
            pending.forget(self.request)
            methods.begin(self.request)
            methods.note_passkey(self.request, Proof(user, verified=made.verified, synced=made.backup_eligible))
            response: HttpResponse = perform_login(self.request, Login(user=user, redirect_url=self.get_success_url()))
            return response
        return self.form_invalid(form)

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say where to begin again."""
        told = {"sign_up_url": reason.other_url(self.request, reason.SIGN_UP)}
        return super().get_context_data(**kwargs) | self.who_asks() | told


@method_decorator(never_cache, name="dispatch")
class FirstPasskeyOptionsView(SignUpDoor, Page):
    """`POST …/options/`: what the browser needs to make it (WebAuthn Level 3 §5.4)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a challenge, for the browser in which the code was right."""
        waiting = pending.proved(request)
        if waiting is None:
            return JsonResponse({"error": "sign_up_first"}, status=403)
        limits.count_passkey(request)
        begun = passkeys.begin_first(UUID(waiting.sub), waiting.username)
        in_browser.remember(request, begun.state)
        return JsonResponse(begun.options)
