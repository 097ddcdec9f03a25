"""`/accounts/identities/`: accounts elsewhere by which somebody signs in here. For whoever did so a moment ago."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from typing_extensions import override

from idp.providers import identities
from idp.providers import services as providers
from idp.providers.errors import LastWayIn, NoSuchIdentity
from idp.signin.factors import Guarded
from idp.signin.pages import SEE_OTHER
from idp.signin.providers import find_or_404, send
from idp.signin.reason import SignInReason
from idp.signin.upstream import Purpose


class IdentitiesView(Guarded):
    """Lists them, and the providers where others may be."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show what there is."""
        found = identities.shown(self.session.user_id)
        return self.show("identities", identities=found, providers=providers.switched_on())


class LinkView(Guarded):
    """`POST …/link/<name>/`: off to a provider, to link who they are there. They sign in there anew."""

    http_method_names = ["post"]

    @override
    def prove_first(self, request: HttpRequest, why: SignInReason) -> HttpResponse:
        """Send them to sign in, and back to the list: the button is pressed again."""
        return super().prove_first(request, replace(why, way_back=reverse("identities")))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Go."""
        return send(request, find_or_404(name), Purpose.LINK, self.session, anew=True)


class UnlinkView(Guarded):
    """`…/<pk>/unlink/`: asks, and takes the link back."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        found = next((row for row in identities.shown(self.session.user_id) if row.pk == pk), None)
        if found is None:
            raise Http404
        return self.show("identity_unlink", provider=found.called)

    def post(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """Take it back; again changes nothing."""
        try:
            identities.unlink(self.session.user, pk)
        except LastWayIn:
            return self.show(
                "identity_unlink", refused=_("It is the only way in that you have: add another one first.")
            )
        except NoSuchIdentity:
            pass
        return HttpResponseRedirect(reverse("identities"), status=SEE_OTHER)
