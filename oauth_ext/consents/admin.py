"""Consents in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.consents import services
from oauth_ext.consents.models import Consent


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin[Consent]):
    """Shows who allowed what to whom, and takes it back."""

    shown = ("user", "client", "scopes", "details", "created_at", "updated_at", "revoked_at")
    list_display = ("user", "client", "scopes", "updated_at", "revoked_at")
    list_select_related = ("user", "client")
    search_fields = ("user__username", "client__client_id")
    ordering = ("-updated_at",)
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, consents: QuerySet[Consent]) -> None:
        """Take these consents back, and with them what was made under them."""
        revoked = sum(services.revoke(pk) for pk in consents.values_list("pk", flat=True))
        self.message_user(request, f"Revoked: {revoked}", messages.SUCCESS)
