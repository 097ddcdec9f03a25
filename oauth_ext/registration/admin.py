"""Initial access tokens in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.registration import tokens
from oauth_ext.registration.models import InitialAccessToken


@admin.register(InitialAccessToken)
class InitialAccessTokenAdmin(ReadOnlyAdmin[InitialAccessToken]):
    """Shows which tokens buy registrations, and ends them."""

    shown = ("note", "uses_left", "created_at", "expires_at")
    list_display = ("note", "uses_left", "created_at", "expires_at")
    ordering = ("-created_at",)
    actions = ("end",)

    @admin.action(description="End", permissions=["change"])
    def end(self, request: HttpRequest, chosen: QuerySet[InitialAccessToken]) -> None:
        """End these tokens: they buy nothing any more."""
        self.message_user(request, f"Ended: {tokens.end(chosen.values_list('pk', flat=True))}", messages.SUCCESS)
