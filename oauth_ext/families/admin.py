"""Token families in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.families import services
from oauth_ext.families.models import EndReason, Family


@admin.register(Family)
class FamilyAdmin(ReadOnlyAdmin[Family]):
    """Shows what grants bought, without what refresh tokens are made from, and ends it."""

    shown = (
        "id",
        "kind",
        "user",
        "client",
        "consent",
        "session",
        "offline",
        "scopes",
        "resources",
        "jkt",
        "rotates",
        "counter",
        "turned_at",
        "auth_time",
        "acr",
        "amr",
        "created_at",
        "expires_at",
        "ended_at",
        "end_reason",
    )
    list_display = ("id", "user", "client", "turned_at", "expires_at", "ended_at", "end_reason")
    list_filter = ("end_reason", "offline")
    list_select_related = ("user", "client")
    search_fields = ("id", "user__username", "client__client_id")
    ordering = ("-created_at",)
    actions = ("end",)

    @admin.action(description="End", permissions=["change"])
    def end(self, request: HttpRequest, families: QuerySet[Family]) -> None:
        """End these families: all their tokens are dead at once."""
        ended = sum(services.end(pk, EndReason.REVOKED) for pk in families.values_list("pk", flat=True))
        self.message_user(request, f"Ended: {ended}", messages.SUCCESS)
