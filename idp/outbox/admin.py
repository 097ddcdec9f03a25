"""The outbox in Django's admin."""

from django.contrib import admin

from idp.ops.admin import ReadOnlyAdmin
from idp.outbox.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin[OutboxMessage]):
    """Shows what is waiting, and what failed; what a message says stays sealed."""

    shown = ("topic", "recipient", "created_at", "due_at", "attempts", "done_at", "last_error")
    list_display = ("topic", "recipient", "created_at", "due_at", "attempts", "done_at", "last_error")
    list_filter = ("topic",)
    ordering = ("-created_at",)
