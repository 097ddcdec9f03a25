"""The models of the rooms, where Django looks for them."""

from idp.audit.models import AuditEvent, AuditSeal
from idp.outbox.models import OutboxMessage
from idp.ratelimit.models import Bucket
from idp.sessions.models import Session
from idp.users.models import EmailCode, Invitation, Role, User

__all__ = ["AuditEvent", "AuditSeal", "Bucket", "EmailCode", "Invitation", "OutboxMessage", "Role", "Session", "User"]
