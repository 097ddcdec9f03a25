"""The stored authorization request, and the code it ends in."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuthorizationRequest(models.Model):
    """A validated request (RFC 6749 §4.1.1): every page after the first carries only its id, which is kept hashed.

    While it is `pushed`, no browser has brought it yet, and the id is that of its `request_uri` (RFC 9126 §2.2).
    """

    id_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+")
    parameters = models.JSONField()
    pushed = models.BooleanField(default=False)
    # The sign-in it was first shown to: nobody else's consent answers it.
    session = models.ForeignKey("idp.Session", null=True, on_delete=models.CASCADE, related_name="+")
    account_chosen = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    claimed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"authorization request {self.pk}"


class AuthorizationCode(models.Model):
    """A code (RFC 6749 §4.1.2), hashed; kept as a tombstone while a replay must be known.

    It carries what was decided, with the epochs under which it was decided. `family` is what it bought.
    """

    code_hash = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Cleaned away long before an offline family ends; the tombstone stays, and buys nothing without it.
    session = models.ForeignKey("idp.Session", null=True, on_delete=models.SET_NULL, related_name="+")
    consent = models.ForeignKey("oauth_ext.Consent", null=True, on_delete=models.CASCADE, related_name="+")
    user_epoch = models.PositiveIntegerField()
    client_epoch = models.PositiveIntegerField()
    session_epoch = models.PositiveIntegerField()
    redirect_uri = models.CharField(max_length=2048)
    code_challenge = models.CharField(max_length=43)
    jkt = models.CharField(max_length=43, blank=True)
    scopes = models.JSONField(default=list)
    resources = models.JSONField(default=list)
    nonce = models.CharField(max_length=512, blank=True)
    auth_time = models.DateTimeField()
    acr = models.CharField(max_length=64)
    amr = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    family = models.ForeignKey("oauth_ext.Family", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """DOT's model `Grant`, in its place."""

        swappable = "OAUTH2_PROVIDER_GRANT_MODEL"

    def __str__(self) -> str:
        return f"authorization code {self.pk}"
