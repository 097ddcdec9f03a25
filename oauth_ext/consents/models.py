"""Who allowed what to whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Consent(models.Model):
    """What a person allowed a client.

    A revoked row stays dead: allowing again makes a new one, so that nothing made under the old one wakes up.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    scopes = models.JSONField(default=list)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """One live consent for each person and client; a client's are listed by their keys."""

        indexes = (models.Index(fields=["client", "id"], name="oauth_ext_consent_of_client"),)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "client"], condition=Q(revoked_at=None), name="oauth_ext_consent_one_live"
            ),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"
