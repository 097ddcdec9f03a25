"""Signing keys (RFC 7517)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SigningAlgorithm(models.TextChoices):
    """What we sign with (RFC 7518 §3.1, RFC 9864 §2.2). OpenID Connect demands that RS256 be there.

    Each has keys of its own: a JWK names its one `alg`. Not `EdDSA`: the name leaves the curve open and is deprecated
    (RFC 9864 §4.1), and a strict client matches the header's name with the JWK's, so that a key has one name.
    """

    ES256 = "ES256"
    RS256 = "RS256"
    PS256 = "PS256"
    ED25519 = "Ed25519", "Ed25519"


class KeyState(models.TextChoices):
    """The life of a key; only an active one signs, a compromised one is nowhere any more.

    Next: published, so that clients know it when it signs. Retired: signs no more, its tokens are good until they end.
    """

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class SigningKey(models.Model):
    """One key pair: the public half as a JWK, the private half sealed and bound to `kid`, as long as it may sign.

    It is published from `created_at` on. `retired_at` is also when it was found to be compromised.
    """

    kid = models.CharField(max_length=64, unique=True)
    issuer = models.CharField(max_length=255)
    algorithm = models.CharField(max_length=16)
    state = models.CharField(max_length=16, choices=KeyState.choices, default=KeyState.NEXT)
    public_jwk = models.JSONField()
    private_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """One key signs for each algorithm, one comes after it."""

        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "algorithm"],
                condition=Q(state=KeyState.ACTIVE),
                name="oauth_ext_signing_key_one_active",
            ),
            models.UniqueConstraint(
                fields=["issuer", "algorithm"],
                condition=Q(state=KeyState.NEXT),
                name="oauth_ext_signing_key_one_next",
            ),
        )

    def __str__(self) -> str:
        return self.kid
