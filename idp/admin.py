"""What Django's admin shows of this app: `idp.urls` imports it, for the admin finds nothing by itself."""

from idp.outbox.admin import OutboxMessageAdmin
from idp.sessions.admin import SessionAdmin
from idp.users.admin import RoleAdmin, UserAdmin

__all__ = ["OutboxMessageAdmin", "RoleAdmin", "SessionAdmin", "UserAdmin"]
