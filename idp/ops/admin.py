"""Django's admin as we have it: it reads, and whatever it changes goes through a room's services."""

from typing import TYPE_CHECKING, TypeVar

from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from typing_extensions import override

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
else:

    class ModelAdmin(admin.ModelAdmin):
        """Takes the parameter that it has for type checkers only."""

        def __class_getitem__(cls, _model):  # noqa: ANN001, ANN204
            """Return the class."""
            return cls


class AdminSite(admin.AdminSite):
    """Staff come in by the same sign-in as everybody, and set a new password as everybody does."""

    site_header = site_title = "Gatehouse"
    index_title = "What there is"

    @override
    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Send strangers to the sign-in; whoever is signed in and comes here still is not staff."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        way_back = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(way_back, reverse("account_login"))

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


class ReadOnlyAdmin(ModelAdmin[M]):
    """Shows rows, of each the fields in `shown`; `save_model` hands those in `editable` to a service."""

    shown: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[str]:
        """Return what is only shown."""
        return [name for name in self.shown if name not in self.editable]

    @override
    def get_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        """Return what is shown, as it is listed: what is secret isn't."""
        return self.shown

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let the address filter by what is shown alone: a filter on a secret tells it, a character at a time."""
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return lookup.partition("__")[0] in self.shown and allowed

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Say no: what ends is ended, its row stays."""
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Say yes only where there is something to change, to who may."""
        return bool(self.editable or self.actions) and super().has_change_permission(request, obj)
