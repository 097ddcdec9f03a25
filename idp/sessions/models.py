"""Where someone is signed in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from idp.users.acr import is_known as is_known_acr

MAX_USER_AGENT = 256


class Session(models.Model):
    """One sign-in in one browser: the row that decides, whatever cookie or cache says.

    The cookie's session (`SessionStore`) only points here. `sid` is not a secret; what a client sees of it is its own.
    """

    sid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    user_epoch = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField(default=0)
    auth_time = models.DateTimeField()
    acr = models.CharField(max_length=64)
    amr = models.JSONField(default=list)
    # By which people know their own sign-ins from each other; of the address only its network
    user_agent = models.CharField(max_length=MAX_USER_AGENT, blank=True, default="")
    network = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)  # to the minute
    idle_end = models.DateTimeField()
    absolute_end = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Rows are cleaned by their absolute end; the worker looks for those whose idle end has come."""

        constraints = (models.CheckConstraint(condition=is_known_acr("acr"), name="idp_session_acr"),)
        indexes = (
            models.Index(fields=["absolute_end"], name="idp_session_absolute_end"),
            models.Index(fields=["idle_end"], condition=Q(ended_at=None), name="idp_session_idle_end"),
        )

    def __str__(self) -> str:
        return str(self.sid)

    @staticmethod
    def standing() -> Q:
        """Return the condition under which a session still counts, over `Session` rows joined with their user."""
        now = timezone.now()
        return Q(
            ended_at=None,
            idle_end__gt=now,
            absolute_end__gt=now,
            user__is_active=True,
            user_epoch=F("user__epoch"),
        )
