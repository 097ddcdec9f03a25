"""What is kept of access tokens: only those revoked that have no family of their own to end."""

from django.db import models


class RevokedToken(models.Model):
    """A revoked access token of a client without a user, or got by exchange: its `jti`, until it would have ended."""

    jti = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti
