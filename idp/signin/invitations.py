"""`/accounts/invitation/`: a new account for whoever was invited. The mailed link leads to a page without its key."""

from typing import TYPE_CHECKING, Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from typing_extensions import override

from idp.sessions import services as sessions
from idp.signin import limits, reason
from idp.signin.forms import InvitedForm
from idp.signin.pages import HOME, SEE_OTHER, Page
from idp.signin.reason import SignInReason
from idp.users import invitations
from idp.users.errors import InvitationOver, NameTaken
from idp.users.models import Invitation

if TYPE_CHECKING:
    InvitedFormView = FormView[InvitedForm]
else:
    InvitedFormView = FormView

MAIL: Final = "account/email/invitation"
_KEY: Final = "invitation_key"


def mail_link(payload: dict[str, object]) -> None:
    """Mail the link of an invitation, if it is still open."""
    key = str(payload["key"])
    invitation = invitations.find(key)
    if invitation is not None:
        url = f"{settings.ISSUER_URL}{reverse('invitation_link', kwargs={'key': key})}"
        get_adapter().send_mail(MAIL, invitation.email, {"url": url, "days": invitations.DAYS})


@method_decorator(never_cache, name="dispatch")
class InvitationLinkView(Page):
    """The link in the mail: keeps its key in the browser's session, and leads to where no address shows it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Lead on, or say that it is over. Nothing is used up: programs look at links before people do."""
        if invitations.find(key) is None:
            return _over(request)
        request.session[_KEY] = key
        return HttpResponseRedirect(reverse("invitation"))


@method_decorator(never_cache, name="dispatch")
class InvitationView(Page, InvitedFormView):
    """Asks for a username and a password, and leads to signing in with them."""

    template_name = "account/invitation.html"
    form_class = InvitedForm
    invitation: Invitation

    @override
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer whoever came by a link that is good."""
        invitation = invitations.find(request.session.get(_KEY, ""))
        if invitation is None:
            return _over(request)
        self.invitation = invitation
        return super().dispatch(request, *args, **kwargs)

    @override
    def get_form(self, form_class: type[InvitedForm] | None = None) -> InvitedForm:
        """Tell the form what it is for."""
        form = super().get_form(form_class)
        form.invitation = self.invitation
        return form

    @override
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Tell the page whose account it will be, and who is signed in here."""
        told = {"email": self.invitation.email, "session": sessions.current(self.request)}
        return super().get_context_data(**kwargs) | told

    @override
    def form_valid(self, form: InvitedForm) -> HttpResponse:
        """Add the person, sign out whoever is signed in here, and lead on."""
        limits.count_sign_up(self.request)
        try:
            user = form.save()
        except NameTaken:
            form.add_error("username", _("This username is taken. Choose another one."))
            return self.form_invalid(form)
        except InvitationOver:
            return _over(self.request)
        del self.request.session[_KEY]
        sessions.end_current(self.request)
        why = SignInReason(way_back=HOME, purpose=_("Your account is there. Sign in to it."), login_hint=user.username)
        return HttpResponseRedirect(reason.leave(self.request, why), status=SEE_OTHER)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_over.html")
