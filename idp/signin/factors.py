"""`/accounts/factors/`: what somebody signs in with, besides a password.

Whoever is here has shown a moment ago who they are.
"""

from datetime import timedelta
from typing import Final

import segno
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from typing_extensions import override

from idp.factors import authenticator_app, passkeys, recovery_codes
from idp.factors import services as factors
from idp.factors.errors import BadPasskey, FactorThere, LastWayIn, NoSuchFactor, TooManyFactors, WrongCode
from idp.factors.models import Passkey
from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.signin import limits, methods, reason
from idp.signin import passkeys as in_browser
from idp.signin.methods import Authentication
from idp.signin.pages import SEE_OTHER, Page
from idp.signin.reason import SignInReason
from idp.signin.second_factor import CodeForm
from idp.users.acr import TWO_FACTORS, meets

FRESH: Final = timedelta(minutes=5)


class NameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(max_length=passkeys.NAME_MAX_LENGTH, required=False)


@method_decorator(never_cache, name="dispatch")
class Guarded(Page):
    """A page about factors, for whoever signed in a moment ago, with a second factor if they have one."""

    session: Session

    @override
    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer, or have them prove first who they are (ASVS 5 V7.5.1)."""
        session = sessions.current(request)
        since = timezone.now() - FRESH
        wanted = TWO_FACTORS if session and factors.has_second_factor(session.user_id) else ""
        if session is None or session.auth_time < since or not meets(session.acr, wanted):
            return self.prove_first(request, SignInReason(request.path, since=since, acr=wanted))
        self.session = session
        return None

    def prove_first(self, request: HttpRequest, why: SignInReason) -> HttpResponse:
        """Send them to sign in, and back here."""
        return HttpResponseRedirect(reason.leave(request, why), status=SEE_OTHER)

    def added(self, shown: Authentication) -> HttpResponse:
        """Take note of the factor as proved: what was just added was just used. Then offer what comes next."""
        together = Authentication(self.session.acr, self.session.amr).and_then(shown)
        sessions.renew(self.request, amr=together.amr, acr=together.acr)
        return self.changed()

    def changed(self) -> HttpResponse:
        """Go back to the list, which offers to sign out everywhere else (ASVS 5 V7.4.3)."""
        return HttpResponseRedirect(f"{reverse('factors')}?changed", status=SEE_OTHER)

    def show(self, template: str, **context: object) -> HttpResponse:
        """Render a page."""
        return render(self.request, f"account/{template}.html", context)


class FactorsView(Guarded):
    """Lists them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what there is."""
        return self.show(
            "factors",
            factors=factors.of_user(self.session.user_id),
            changed="changed" in request.GET,
            waiting=reason.waiting_client(request),
        )


class AppView(Guarded):
    """`…/app/`: an authenticator app is set up by its first code."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show the secret that was begun, or begin."""
        return self._page(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, or take the first code."""
        if "code" not in request.POST:
            try:
                authenticator_app.begin(self.session.user, issuer=settings.ISSUER_URL)
            except FactorThere:
                return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)
            return HttpResponseRedirect(reverse("factors_app"), status=SEE_OTHER)
        form = CodeForm(request.POST)
        if form.is_valid():
            limits.count_second_factor(self.session.user)
            try:
                authenticator_app.confirm(self.session.user, form.cleaned_data["code"])
            except WrongCode:
                form.add_error("code", _("This is not the code that the app shows now."))
            else:
                limits.forgive_second_factor(self.session.user)
                return self.added(methods.CODES["authenticator_app"])
        return self._page(form)

    def _page(self, form: CodeForm) -> HttpResponse:
        setup = authenticator_app.begun(self.session.user, issuer=settings.ISSUER_URL)
        if setup is None:
            return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)
        # our own markup: segno's, of a URI of ours
        picture = mark_safe(segno.make(setup.uri, error="m").svg_inline(scale=4, border=2))  # noqa: S308
        secret = " ".join(setup.secret[i : i + 4] for i in range(0, len(setup.secret), 4))
        return self.show("factors_app", form=form, picture=picture, secret=secret)


class RemoveAppView(Guarded):
    """`…/app/remove/`: asks, and removes it."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self.show("factors_remove", what=_("the authenticator app"))

    def post(self, _request: HttpRequest) -> HttpResponse:
        """Remove it; again changes nothing."""
        try:
            factors.remove_app(self.session.user)
        except NoSuchFactor:
            return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)
        return self.changed()


class AddPasskeyView(Guarded):
    """`…/passkeys/add/`: has the browser make a passkey."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for a name."""
        return self.show("factors_passkey_add", form=NameForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what the browser made."""
        form = NameForm(request.POST)
        if form.is_valid():
            try:
                state, answer = in_browser.answered(request)
                made = passkeys.add(self.session.user, form.cleaned_data["name"], state, answer)
            except BadPasskey:
                form.add_error(None, _("No passkey was made. Try again."))
            except TooManyFactors:
                form.add_error(None, _("You have as many passkeys as there may be. Remove one first."))
            else:
                return self.added(methods.passkey(synced=made.backup_eligible))
        return self.show("factors_passkey_add", form=form)


class NewPasskeyOptionsView(Guarded):
    """`POST …/passkeys/options/`: what the browser needs to make one (WebAuthn Level 3 §5.4)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a challenge."""
        try:
            begun = passkeys.begin_adding(self.session.user)
        except TooManyFactors:
            return JsonResponse({"error": "too_many_passkeys"}, status=409)
        in_browser.remember(request, begun.state)
        return JsonResponse(begun.options)

    @override
    def prove_first(self, request: HttpRequest, why: SignInReason) -> HttpResponse:
        """Say it to the script, which then has the page say it."""
        return JsonResponse({"error": "sign_in_first"}, status=403)


class PasskeyView(Guarded):
    """`…/passkeys/<id>/`: what one is called."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for another name."""
        return self._page(pk, NameForm({"name": self._find(pk).name}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call it otherwise."""
        form = NameForm(request.POST)
        if not form.is_valid():
            return self._page(pk, form)
        try:
            passkeys.rename(self.session.user, pk, form.cleaned_data["name"])
        except NoSuchFactor:
            raise Http404 from None
        return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)

    def _page(self, pk: int, form: NameForm) -> HttpResponse:
        return self.show("factors_passkey", form=form, passkey=self._find(pk))

    def _find(self, pk: int) -> Passkey:
        row = passkeys.of_user(self.session.user_id).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


class RemovePasskeyView(PasskeyView):
    """`…/passkeys/<id>/remove/`: asks, and removes it."""

    @override
    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        name = self._find(pk).name
        return self.show("factors_remove", what=_("the passkey “%(name)s”") % {"name": name})

    @override
    def post(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it."""
        try:
            factors.remove_passkey(self.session.user, pk)
        except NoSuchFactor:
            raise Http404 from None
        except LastWayIn:
            return self.show("factors_remove", refused=_("You have no password, and no other passkey. Add one first."))
        return self.changed()


class RecoveryCodesView(Guarded):
    """`POST …/recovery-codes/`: makes new ones and shows them, once."""

    http_method_names = ["get", "post"]

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Lead to where they are made."""
        return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)

    def post(self, _request: HttpRequest) -> HttpResponse:
        """Make them, for whoever has something to recover."""
        if not factors.has_second_factor(self.session.user_id):
            return HttpResponseRedirect(reverse("factors"), status=SEE_OTHER)
        return self.show("factors_codes", codes=recovery_codes.make(self.session.user))


class SignOutElsewhereView(Guarded):
    """`POST /accounts/sign-out-elsewhere/`: ends all but this sign-in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them, and go back to the list."""
        sessions.end_others(request)
        return HttpResponseRedirect(f"{reverse('factors')}?elsewhere", status=SEE_OTHER)
