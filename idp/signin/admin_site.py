"""Django's admin as a place that one signs in to."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from typing_extensions import override

from idp.sessions import services as sessions
from idp.signin import reason
from idp.signin.reason import SignInReason
from idp.users.acr import meets


class AdminSite(admin.AdminSite):
    """Staff come in by the same sign-in as everybody, and set a new password as everybody does."""

    site_header = site_title = settings.THEME_NAME
    index_title = "What there is"

    @override
    def has_permission(self, request: HttpRequest) -> bool:
        """Let staff in who signed in as strongly as their role demands."""
        return super().has_permission(request) and self._strong_enough(request)

    @override
    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Send strangers to the sign-in, and staff to a stronger one; whoever else comes here still is not staff."""
        if self.has_permission(request):
            return redirect("admin:index")
        session = sessions.current(request)
        if session is not None and (self._strong_enough(request) or not super().has_permission(request)):
            raise PermissionDenied
        way_back = reason.way_back(request) or reverse("admin:index", current_app=self.name)
        wanted = session.user.role.minimum_acr if session else ""
        return redirect(reason.leave(request, SignInReason(way_back, acr=wanted)))

    @override
    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: object = None
    ) -> HttpResponse:
        """Sign out of everything, not only of the admin; by POST, for a link on any page can send a GET here."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        logout(request)
        return redirect("account_login")

    @override
    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: object = None
    ) -> HttpResponse:
        """Send to the reset by mail, which ends what the old password opened."""
        return redirect("account_reset_password")

    def _strong_enough(self, request: HttpRequest) -> bool:
        session = sessions.current(request)
        return session is not None and meets(session.acr, session.user.role.minimum_acr)
