"""`/accounts/providers/<name>/new/`: a name for somebody whom another provider knows, and nobody here."""

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from typing_extensions import override

from idp.providers import identities
from idp.providers.errors import IdentityTaken, NoNewAccounts
from idp.providers.models import IdentityProvider
from idp.providers.services import Proof
from idp.signin import limits, reason, upstream
from idp.signin.forms import clean_username
from idp.signin.pages import SEE_OTHER, Entrance
from idp.signin.providers import find_or_404, sign_in
from idp.users.errors import NameTaken
from idp.users.models import EMAIL_MAX_LENGTH


class NewcomerForm(forms.Form):
    """A name and an address; whether the address is known to us is never looked for, so the page can't tell."""

    username = forms.CharField(max_length=150, error_messages={"required": gettext_lazy("Choose a username.")})
    email = forms.EmailField(
        max_length=EMAIL_MAX_LENGTH,
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Type an e-mail address, such as name@example.com.")
        ),
    )

    def clean_username(self) -> str:
        """Return the name, if it is made of what names are made of; whether it is free the database says."""
        return clean_username(self.cleaned_data["username"])


if TYPE_CHECKING:
    NewcomerFormView = FormView[NewcomerForm]
else:
    NewcomerFormView = FormView


@method_decorator(never_cache, name="dispatch")
class NewcomerView(Entrance, NewcomerFormView):
    """Asks for it, and signs in; or says that nobody gets an account this way. Nothing is linked by an address."""

    template_name = "account/provider_newcomer.html"
    form_class = NewcomerForm
    provider: IdentityProvider
    proof: Proof

    @override
    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Find who came; whoever didn't begins at the beginning."""
        self.provider = find_or_404(str(self.kwargs["name"]))
        proof = upstream.newcomer(request, self.provider.name)
        if proof is None:
            return self._begin()
        self.proof = proof
        return super().before(request)

    @override
    def get_initial(self) -> dict[str, object]:
        """Fill in what the provider said."""
        return {"username": self.proof.username, "email": self.proof.email}

    @override
    def form_valid(self, form: NewcomerForm) -> HttpResponse:
        """Add the person and sign them in."""
        limits.count_sign_up(self.request)
        try:
            user = identities.sign_up(self.proof, form.cleaned_data["username"], form.cleaned_data["email"])
        except NameTaken:
            form.add_error("username", _("This username is taken. Choose another one."))
            return self.form_invalid(form)
        except NoNewAccounts:
            return self.form_invalid(form)
        except IdentityTaken:
            upstream.forget_newcomer(self.request)
            return self._begin()
        upstream.forget_newcomer(self.request)
        return sign_in(self.request, user, self.proof, self.get_success_url())

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Say whether it is possible, and where to sign in."""
        context = {
            "provider": self.provider.display_name,
            "open": self.provider.sign_up,
            "sign_in_url": reason.other_url(self.request, reason.SIGN_IN),
        }
        return super().get_context_data(**kwargs) | self.who_asks() | context

    def _begin(self) -> HttpResponse:
        return HttpResponseRedirect(reason.other_url(self.request, reason.SIGN_IN), status=SEE_OTHER)
