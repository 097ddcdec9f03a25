"""Sign-ins in Django's admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.ops.admin import ReadOnlyAdmin
from idp.sessions import services
from idp.sessions.models import Session


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    """Shows where people are signed in, and ends it."""

    shown = (
        "sid",
        "user",
        "auth_time",
        "acr",
        "amr",
        "user_agent",
        "network",
        "created_at",
        "idle_end",
        "absolute_end",
        "ended_at",
    )
    list_display = ("sid", "user", "auth_time", "idle_end", "ended_at")
    list_select_related = ("user",)
    search_fields = ("sid", "user__username")
    ordering = ("-auth_time",)
    actions = ("end",)

    @admin.action(description="End", permissions=["change"])
    def end(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        """End these sign-ins, and what was made under them."""
        ended = sum(services.end(pk) for pk in sessions.values_list("pk", flat=True))
        self.message_user(request, f"Ended: {ended}", messages.SUCCESS)
