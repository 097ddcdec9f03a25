"""Devices' requests in Django's admin."""

from django.contrib import admin

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.authorization.device.models import DeviceGrant


@admin.register(DeviceGrant)
class DeviceGrantAdmin(ReadOnlyAdmin[DeviceGrant]):
    """Shows what devices asked for and who allowed it, without anything of their codes."""

    shown = (
        "client",
        "user",
        "asked",
        "scopes",
        "resources",
        "origin",
        "interval",
        "created_at",
        "expires_at",
        "allowed_at",
        "denied_at",
        "used_at",
        "family",
    )
    list_display = ("client", "user", "origin", "created_at", "allowed_at", "denied_at", "used_at")
    list_select_related = ("client", "user")
    search_fields = ("client__client_id", "user__username")
    ordering = ("-created_at",)
