"""Resource servers: what an access token may be for (RFC 8707)."""

from django.conf import settings
from django.db import models


class Resource(models.Model):
    """A protected resource by its URI; its owner, a confidential client, may introspect tokens made for it."""

    uri = models.CharField(max_length=255, unique=True)
    owner = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, null=True, on_delete=models.CASCADE, related_name="resources"
    )
    scopes = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.uri
