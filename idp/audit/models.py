"""What happened that somebody may ask about later."""

from django.db import models
from django.utils import timezone


class Event(models.TextChoices):
    """What is recorded."""

    TOKEN_EXCHANGED = "token_exchanged"
    TOKEN_EXCHANGE_REFUSED = "token_exchange_refused"


class AuditEvent(models.Model):
    """One act, written in its transaction and never changed: triggers in the database refuse UPDATE and DELETE.

    People are named by their own `sub` and clients by their `client_id`, not by keys of rows: the trail outlives whom
    it names. Who did it is a person, a client, a client for a person who acts, or nobody known (a command).
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
        )

    def __str__(self) -> str:
        return f"{self.event} at {self.at:%Y-%m-%d %H:%M:%S}"
