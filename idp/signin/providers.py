"""`/accounts/providers/<name>/`: to another identity provider, and back."""

from urllib.parse import urlencode

import structlog
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from typing_extensions import override

from idp.audit import services as audit
from idp.audit.services import NOBODY, Event
from idp.providers import client_authentication, identities
from idp.providers import services as providers
from idp.providers.errors import Declined, IdentityTaken, TooManyIdentities, Untrusted
from idp.providers.models import IdentityProvider
from idp.providers.services import Proof
from idp.sessions.models import Session
from idp.signin import limits, methods, reason, upstream
from idp.signin.methods import Authentication
from idp.signin.pages import SEE_OTHER, Entrance, Page
from idp.signin.upstream import Away, Purpose
from idp.users.models import User

NEWCOMER = "provider_newcomer"

log = structlog.get_logger(__name__)


def find_or_404(name: str) -> IdentityProvider:
    """Return the provider, if it is switched on."""
    provider = providers.find(name)
    if provider is None:
        raise Http404
    return provider


def send(
    request: HttpRequest, provider: IdentityProvider, purpose: Purpose, session: Session | None, *, anew: bool
) -> HttpResponse:
    """Send the browser there by a page: browsers hold our `form-action` against all redirects after a POST.

    Through whose pages a provider leads cannot be known before.
    """
    limits.count_provider(request)
    way_back = reason.way_back(request) or ""
    try:
        url, state, asked = providers.ask(provider, anew=anew)
    except Untrusted as error:
        log.warning("provider.unreachable", provider=provider.name, reason=str(error))
        return failed(request, provider, _("It can't be reached just now. Try again later, or another way."))
    upstream.leave(request, state, Away(asked, purpose, way_back, session.pk if session else 0))
    return render(request, "account/provider_leave.html", {"provider": provider.display_name, "url": url})


def failed(request: HttpRequest, provider: IdentityProvider, sentence: str) -> HttpResponse:
    """Say that it didn't work, and lead back."""
    context = {"provider": provider.display_name, "sentence": sentence}
    context["back_url"] = reason.other_url(request, reason.SIGN_IN)
    return render(request, "account/provider_failed.html", context, status=400)


@method_decorator(never_cache, name="dispatch")
class StartView(Entrance):
    """`POST …/`: off to the provider. Whoever has to prove who they are, or just did elsewhere, signs in there anew."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Go."""
        purpose = Purpose.PROVE if self.session else Purpose.SIGN_IN
        anew = self.session is not None or (self.reason is not None and self.reason.since is not None)
        return send(request, find_or_404(name), purpose, self.session, anew=anew)


@method_decorator(never_cache, name="dispatch")
class CallbackView(Entrance):
    """`GET …/callback/`: back from the provider, with its answer for the browser that was sent there."""

    http_method_names = ["get"]
    away: Away | None

    @override
    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Take what was kept; from then on the request is one to a page of ours with its way back."""
        self.answer = {key: values[0] for key, values in request.GET.lists() if len(values) == 1}
        self.away = upstream.come_back(request, str(kwargs["name"]), self.answer.get("state", ""))
        way_back = self.away.way_back if self.away else ""
        request.GET = QueryDict(urlencode({"next": way_back} if way_back else {}))
        super().setup(request, *args, **kwargs)

    @override
    def before(self, _request: HttpRequest) -> HttpResponseBase | None:
        """Answer also those who are signed in: they may have come to prove it again, or to link an account."""
        return None

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Judge the answer, and go on by what it is for."""
        provider = find_or_404(name)
        if self.away is None:
            return failed(request, provider, _("This sign-in was not begun in this browser, or is over. Try again."))
        try:
            proof = providers.prove(provider, self.away.asked, self.answer)
        except Declined:
            return failed(request, provider, _("You did not sign in there, or did not allow it. Try again."))
        except Untrusted as error:
            log.warning("provider.untrusted", provider=name, reason=str(error))
            audit.record(Event.SIGN_IN_FAILED, {"provider": name, "reason": str(error)}, about=NOBODY)
            return failed(request, provider, _("Its answer could not be trusted. Try again, or another way."))
        match self.away.purpose:
            case Purpose.LINK:
                return self._link(provider, proof)
            case Purpose.PROVE:
                return self._prove(provider, proof)
            case Purpose.SIGN_IN:
                return self._sign_in(provider, proof)

    def _sign_in(self, provider: IdentityProvider, proof: Proof) -> HttpResponse:
        user = identities.owner(proof)
        if user is None:
            upstream.greet(self.request, proof)
            return HttpResponseRedirect(reason.other_url(self.request, NEWCOMER, name=provider.name), status=SEE_OTHER)
        if not user.is_open:
            return failed(self.request, provider, _("This account is switched off."))
        return sign_in(self.request, user, proof, self.get_success_url())

    def _prove(self, provider: IdentityProvider, proof: Proof) -> HttpResponse:
        user = identities.owner(proof)
        if not self._is_still_here() or user is None or self.session is None or user.pk != self.session.user_id:
            return failed(self.request, provider, _("You signed in there as somebody else than here."))
        identities.used(user, proof)
        return self.proved_again(Authentication(proof.acr, proof.amr))

    def _link(self, provider: IdentityProvider, proof: Proof) -> HttpResponse:
        if not self._is_still_here() or self.session is None:
            return failed(self.request, provider, _("Whoever wanted to link this account is no longer signed in."))
        try:
            identities.link(self.session.user, proof)
        except IdentityTaken:
            return failed(self.request, provider, _("Somebody else here is linked with that account."))
        except TooManyIdentities:
            return failed(self.request, provider, _("You have as many linked accounts as there may be."))
        return HttpResponseRedirect(reverse("identities"), status=SEE_OTHER)

    def _is_still_here(self) -> bool:
        """Whether the one who was sent there is still the one who is signed in here."""
        return self.session is not None and self.away is not None and self.session.pk == self.away.session


class KeysView(Page):
    """`…/jwks.json`: the public half of the key by which the provider knows us, where it does (RFC 7517)."""

    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest, name: str) -> JsonResponse:
        """Return it."""
        return JsonResponse(client_authentication.public_keys(find_or_404(name)))


def sign_in(request: HttpRequest, user: User, proof: Proof, success_url: str) -> HttpResponse:
    """Go on as after a password: to a second factor, or a session of theirs."""
    methods.begin(request)
    methods.note_provider(request, user, Authentication(proof.acr, proof.amr))
    identities.used(user, proof)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=success_url))
    return answer
