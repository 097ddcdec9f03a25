"""What Django's admin shows of this app: `idp.urls` imports it, for the admin finds nothing by itself."""

from idp.audit.admin import AuditEventAdmin
from idp.outbox.admin import OutboxMessageAdmin
from idp.sessions.admin import SessionAdmin
from idp.users.admin import RoleAdmin, UserAdmin

__all__ = ["AuditEventAdmin", "OutboxMessageAdmin", "RoleAdmin", "SessionAdmin", "UserAdmin"]
