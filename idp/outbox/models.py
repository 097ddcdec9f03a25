"""What must happen after a commit: a row written in the transaction of the act."""

from django.db import models
from django.utils import timezone


class OutboxMessage(models.Model):
    """One thing to do: its payload is sealed, for a reset link is a secret."""

    topic = models.CharField(max_length=64)
    payload = models.TextField()
    # Somebody else's server that handling it waits for; empty where that is none.
    recipient = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    # The class of what went wrong last, never its text: it may quote an address.
    last_error = models.CharField(max_length=128, blank=True)

    class Meta:
        """Workers look for what is due and not done."""

        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="idp_outbox_due"),
            models.Index(fields=["done_at"], name="idp_outbox_done"),
        )

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"
