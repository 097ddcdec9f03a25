"""Signing keys in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.ops.admin import ReadOnlyAdmin
from oauth_ext.keys import services
from oauth_ext.keys.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin[SigningKey]):
    """Shows the public halves; of the private ones not even what is sealed."""

    shown = ("kid", "issuer", "algorithm", "state", "public_jwk", "created_at", "activated_at", "retired_at")
    list_display = ("kid", "algorithm", "state", "activated_at", "retired_at")
    list_filter = ("state", "algorithm")
    ordering = ("-created_at",)
    actions = ("mark_compromised",)

    @admin.action(description="Mark as compromised: all that they signed is refused", permissions=["change"])
    def mark_compromised(self, request: HttpRequest, keys: QuerySet[SigningKey]) -> None:
        """Trust these keys no more; new ones sign in the place of those that were active."""
        kids = list(keys.values_list("kid", flat=True))
        for kid in kids:
            services.mark_compromised(kid)
        self.message_user(request, f"No longer trusted: {len(kids)}", messages.SUCCESS)
