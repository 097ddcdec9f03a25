"""The trail in Django's admin: to read."""

from django.contrib import admin

from idp.audit.models import AuditEvent, AuditSeal
from idp.ops.admin import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin[AuditEvent]):
    """Shows what happened, newest first."""

    shown = ("at", "event", "by_user", "by_client", "for_user", "for_client", "network", "details")
    list_display = ("at", "event", "by_user", "by_client", "for_user", "for_client", "network")
    list_filter = ("event",)
    search_fields = ("by_user", "by_client", "for_user", "for_client")
    ordering = ("-at", "-pk")


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin[AuditSeal]):
    """Shows what was sealed, newest first; `manage.py audit_trail verify` judges it."""

    shown = ("until", "events", "content", "previous", "digest", "sealed_at", "cut_at")
    list_display = ("until", "events", "digest", "cut_at")
    ordering = ("-until",)
