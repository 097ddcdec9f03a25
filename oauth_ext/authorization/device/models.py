"""What a device asked for, and what a person made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class DeviceGrant(models.Model):
    """A device's request (RFC 8628 §3.1) and its answer; kept as a tombstone while a replay must be known.

    Once it is allowed it carries what was decided, with the epochs under which it was decided, as a code does.
    """

    device_code_hash = models.CharField(max_length=64, unique=True)
    # Emptied by the answer: from then on nobody is to find it by the code that people type.
    user_code_mac = models.CharField(max_length=96, unique=True, null=True, blank=True)
    client = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+")
    asked = models.JSONField(default=list)
    resources = models.JSONField(default=list)
    # The network that the device asked from, coarse: for the person, who may know it.
    origin = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    interval = models.PositiveIntegerField()
    next_poll_at = models.DateTimeField(default=timezone.now)

    # The sign-in that was shown the request last, which alone may answer it, and the scopes that the page named.
    session = models.ForeignKey("idp.Session", null=True, on_delete=models.SET_NULL, related_name="+")
    scopes = models.JSONField(default=list)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    consent = models.ForeignKey("oauth_ext.Consent", null=True, on_delete=models.CASCADE, related_name="+")
    user_epoch = models.PositiveIntegerField(default=0)
    client_epoch = models.PositiveIntegerField(default=0)
    session_epoch = models.PositiveIntegerField(default=0)
    auth_time = models.DateTimeField(null=True)
    acr = models.CharField(max_length=64, blank=True)
    amr = models.JSONField(default=list)
    allowed_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    family = models.ForeignKey("oauth_ext.Family", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """DOT's model, in its place; one answer, and an allowed one is somebody's."""

        swappable = "OAUTH2_PROVIDER_DEVICE_GRANT_MODEL"
        constraints = (
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(allowed_at=None), name="oauth_ext_device_grant_one_answer"
            ),
            models.CheckConstraint(
                condition=Q(allowed_at=None) | Q(user__isnull=False), name="oauth_ext_device_grant_allowed_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"device grant {self.pk}"
