"""What happened that somebody may ask about later."""

from django.db import models
from django.utils import timezone


class Event(models.TextChoices):
    """What is recorded. Refreshes and checks are not: they would bury the rest."""

    SIGNED_IN = "signed_in"
    SIGNED_IN_AGAIN = "signed_in_again"
    SIGN_IN_FAILED = "sign_in_failed"
    SESSION_ENDED = "session_ended"
    USER_CREATED = "user_created"
    USER_INVITED = "user_invited"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_ACCEPTED = "invitation_accepted"
    PROFILE_CHANGED = "profile_changed"
    EMAIL_ADDED = "email_added"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_MADE_PRIMARY = "email_made_primary"
    EMAIL_REMOVED = "email_removed"
    PASSWORD_SET = "password_set"
    PASSWORD_RESET_SENT = "password_reset_sent"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_REFUSED = "factor_refused"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    ROLE_SET = "role_set"
    ROLE_CREATED = "role_created"
    ROLE_CHANGED = "role_changed"
    ROLE_REMOVED = "role_removed"
    USER_DEACTIVATED = "user_deactivated"
    USER_ACTIVATED = "user_activated"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    DELETION_ASKED = "deletion_asked"
    DELETION_CALLED_OFF = "deletion_called_off"
    USER_DELETED = "user_deleted"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REVOKED = "consent_revoked"
    GRANTED = "granted"
    GRANT_ENDED = "grant_ended"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_EXCHANGED = "token_exchanged"
    TOKEN_EXCHANGE_REFUSED = "token_exchange_refused"
    IMPERSONATED = "impersonated"
    CLIENT_REGISTERED = "client_registered"
    CLIENT_CHANGED = "client_changed"
    CLIENT_DISABLED = "client_disabled"
    CLIENT_ENABLED = "client_enabled"
    CLIENT_TRUST_SET = "client_trust_set"
    CLIENT_SECRET_ADDED = "client_secret_added"
    RESOURCE_SET = "resource_set"
    PROVIDER_CHANGED = "provider_changed"
    KEY_CHANGED = "key_changed"


class AuditEvent(models.Model):
    """One act, written in its transaction and never changed: triggers in the database refuse it.

    But for two things: `network` may be erased, which no seal covers, and what a cut seal covers may be deleted.

    People are named by their own `sub` and clients by their `client_id`, not by keys of rows: the trail outlives whom
    it names. Who did it is a person, a client, a client for a person who acts, or nobody known (a command, a stranger).
    Whom it is for is whoever it was done to, or on whose behalf.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    event = models.CharField(max_length=64, choices=Event.choices)
    by_user = models.UUIDField(null=True)
    by_client = models.CharField(max_length=255, blank=True)
    for_user = models.UUIDField(null=True)
    for_client = models.CharField(max_length=255, blank=True)
    # A network, not an address: who it was is said by the columns before.
    network = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        """Asked for by who did it, and on whose behalf."""

        verbose_name = "event of the trail"
        verbose_name_plural = "the trail"
        indexes = (
            models.Index(fields=["for_user", "at"], name="idp_audit_for_user"),
            models.Index(fields=["by_client", "at"], name="idp_audit_by_client"),
            models.Index(fields=["event", "at"], name="idp_audit_event"),
            models.Index(fields=["at"], condition=~models.Q(network=""), name="idp_audit_network"),
        )

    def __str__(self) -> str:
        return f"{self.event} at {self.at:%Y-%m-%d %H:%M:%S}"


class AuditSeal(models.Model):
    """What the trail said when a minute was over: no row that it covers is changed, added or taken away unseen.

    It covers the rows written before `until` and not before the seal before. `content` is the SHA-256 of them, and
    `digest` that of the seal and of the digest before it, so that no seal is taken out of the middle, either. Where it
    is `cut_at`, it and all before it have lost their rows to retention.
    """

    until = models.DateTimeField(primary_key=True)
    events = models.PositiveIntegerField()
    content = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, unique=True)  # so that the chain has no two ends
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)
    cut_at = models.DateTimeField(null=True)

    class Meta:
        """Which is the last one cut is asked for each row that is deleted."""

        verbose_name = "seal of the trail"
        verbose_name_plural = "seals of the trail"
        indexes = (models.Index(fields=["until"], condition=models.Q(cut_at__isnull=False), name="idp_audit_cut"),)

    def __str__(self) -> str:
        return f"the trail until {self.until:%Y-%m-%d %H:%M}"
