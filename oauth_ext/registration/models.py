"""What lets somebody register a client (RFC 7591 §3)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class InitialAccessToken(models.Model):
    """A token that buys registrations: only its hash is here, and for whom it was made, in the operator's words."""

    token_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=255)
    uses_left = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """None is used more often than it may."""

        constraints = (
            models.CheckConstraint(condition=Q(uses_left__gte=0), name="oauth_ext_initial_token_uses_not_negative"),
        )

    def __str__(self) -> str:
        return f"initial access token {self.pk}"
