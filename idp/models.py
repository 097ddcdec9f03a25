"""The models of the rooms, where Django looks for them."""

from idp.audit.models import AuditEvent, AuditSeal
from idp.factors.models import AuthenticatorApp, Passkey, RecoveryCode, UsedChallenge
from idp.outbox.models import OutboxMessage
from idp.providers.models import Identity, IdentityProvider
from idp.ratelimit.models import Bucket
from idp.sessions.models import Session
from idp.users.models import EmailCode, Invitation, Role, User

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "AuthenticatorApp",
    "Bucket",
    "EmailCode",
    "Identity",
    "IdentityProvider",
    "Invitation",
    "OutboxMessage",
    "Passkey",
    "RecoveryCode",
    "Role",
    "Session",
    "UsedChallenge",
    "User",
]
