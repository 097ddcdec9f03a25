"""Clients in Django's admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from typing_extensions import override

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.clients import services
from oauth_ext.clients.models import Application


@admin.register(Application)
class ClientAdmin(ReadOnlyAdmin[Application]):
    """Shows clients, without anything of their secrets; switches them on and off, and says whether they are ours."""

    shown = (
        "client_id",
        "name",
        "client_type",
        "token_endpoint_auth_method",
        "jwks",
        "jwks_uri",
        "grant_types",
        "redirect_uris",
        "post_logout_redirect_uris",
        "scopes",
        "default_scopes",
        "default_resources",
        "exchange_resources",
        "may_impersonate",
        "algorithm",
        "subject_type",
        "sector_identifier",
        "sector_identifier_uri",
        "backchannel_logout_uri",
        "dpop_bound_access_tokens",
        "response_modes",
        "require_pushed_authorization_requests",
        "access_token_expire_seconds",
        "refresh_token_max_age_seconds",
        "minimum_acr",
        "accent",
        "trusted",
        "is_active",
        "registration_source",
        "user",
        "created",
        "updated",
        "epoch",
    )
    editable = ("trusted", "is_active")
    list_display = ("client_id", "name", "client_type", "registration_source", "trusted", "is_active")
    list_filter = ("client_type", "registration_source", "trusted", "is_active")
    search_fields = ("client_id", "name")
    ordering = ("client_id",)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Application | None = None) -> list[str]:
        """Leave nothing to tick that the service refuses: who describes itself is not ours."""
        shown = super().get_readonly_fields(request, obj)
        return [*shown, "trusted"] if obj is not None and obj.describes_itself else shown

    @override
    def save_model(self, request: HttpRequest, obj: Application, form: "ModelForm[Application]", change: bool) -> None:
        """Hand what has changed to the services."""
        if "trusted" in form.changed_data:
            services.set_trusted(obj, trusted=obj.trusted)
        if "is_active" in form.changed_data:
            (services.enable if obj.is_active else services.disable)(obj)
