"""Token families: what a grant bought, in one row."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from idp.users.acr import is_known as is_known_acr


class FamilyKind(models.TextChoices):
    """How a family came to be."""

    AUTHORIZATION_CODE = "authorization_code"
    DEVICE_CODE = "device_code"
    PERSONAL = "personal"
    IMPERSONATION = "impersonation"


class EndReason(models.TextChoices):
    """Why a family ended."""

    REVOKED = "revoked"
    SIGNED_OUT = "signed_out"
    CODE_REPLAY = "code_replay"
    REFRESH_REPLAY = "refresh_replay"
    DATABASE_RESTORED = "database_restored"
    DISPLACED = "displaced"


class Family(models.Model):
    """All tokens of one grant: refresh tokens are computed from this row, access tokens name it.

    Without `offline` it belongs to the browser session and ends with it. It stands while it has not ended and the
    user, client, session and consent it was made under stand at the epochs it carries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32, choices=FamilyKind.choices, default=FamilyKind.AUTHORIZATION_CODE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="families")
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="families", db_index=False
    )
    consent = models.ForeignKey("oauth_ext.Consent", null=True, on_delete=models.CASCADE, related_name="families")
    # A session that is gone ends what was bound to it: `offline` alone, not a missing key, sets a family free.
    session = models.ForeignKey("idp.Session", null=True, on_delete=models.SET_NULL, related_name="families")
    offline = models.BooleanField(default=False)
    user_epoch = models.PositiveIntegerField(default=0)
    client_epoch = models.PositiveIntegerField()
    session_epoch = models.PositiveIntegerField(default=0)
    issuer = models.CharField(max_length=255)
    scopes = models.JSONField(default=list)
    resources = models.JSONField(default=list)
    # What somebody calls a token that they made for themselves, and the SHA-256 of its secret: there is no other.
    name = models.CharField(max_length=100, blank=True)
    token_digest = models.CharField(max_length=64, blank=True)
    # The key of a public client's refresh tokens (RFC 9449 §5); once there is one, nothing is had without it.
    jkt = models.CharField(max_length=43, blank=True)
    salt = models.BinaryField(max_length=16)
    counter = models.PositiveBigIntegerField(default=0)
    turned_at = models.DateTimeField(default=timezone.now)
    # What the last turn asked for, hashed: only the same request may repeat it.
    turned_for = models.CharField(max_length=64, blank=True)
    # Where it doesn't, the client is confidential and its access tokens are bound to keys.
    rotates = models.BooleanField(default=True)
    auth_time = models.DateTimeField(null=True)
    acr = models.CharField(max_length=64, blank=True)
    amr = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=32, choices=EndReason.choices, blank=True)

    class Meta:
        """A session's live families are counted for each client, a client's are listed; what is past is cleaned."""

        verbose_name = "token family"
        verbose_name_plural = "token families"
        indexes = (
            models.Index(
                fields=["session", "client", "turned_at"],
                condition=models.Q(ended_at=None),
                name="oauth_ext_family_live",
            ),
            models.Index(fields=["client", "created_at"], name="oauth_ext_family_of_client"),
            models.Index(fields=["ended_at"], condition=~models.Q(ended_at=None), name="oauth_ext_family_ended"),
            models.Index(
                fields=["turned_at"], condition=models.Q(ended_at=None, rotates=True), name="oauth_ext_family_unused"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=is_known_acr("acr"), name="oauth_ext_family_acr"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | ~models.Q(end_reason=""), name="oauth_ext_family_end_has_reason"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(kind="personal", user__isnull=False) & ~models.Q(name="") & ~models.Q(token_digest="")
                )
                | (~models.Q(kind="personal") & models.Q(name="", token_digest="")),
                name="oauth_ext_family_personal_has_its_token",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
