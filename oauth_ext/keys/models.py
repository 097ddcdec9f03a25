"""Signing keys (RFC 7517)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SigningAlgorithm(models.TextChoices):
    """What we sign with (RFC 7518 §3.1). OpenID Connect demands that RS256 be there."""

    ES256 = "ES256"
    RS256 = "RS256"


class KeyState(models.TextChoices):
    """The life of a key; only an active one signs, a compromised one is nowhere any more."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class SigningKey(models.Model):
    """One key pair: the public half as a JWK, the private half sealed and bound to `kid`."""

    kid = models.CharField(max_length=64, unique=True)
    issuer = models.CharField(max_length=255)
    algorithm = models.CharField(max_length=16)
    state = models.CharField(max_length=16, choices=KeyState.choices, default=KeyState.NEXT)
    public_jwk = models.JSONField()
    private_sealed = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """One key signs for each algorithm."""

        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "algorithm"],
                condition=Q(state=KeyState.ACTIVE),
                name="oauth_ext_signing_key_one_active",
            ),
        )

    def __str__(self) -> str:
        return self.kid
