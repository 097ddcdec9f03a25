"""Other providers, by which people may sign in, and who they are there."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from idp.users.models import Role

ISSUER_MAX_LENGTH = 500
SUBJECT_MAX_LENGTH = 255  # OIDC Core §2


class AuthMethod(models.TextChoices):
    """How we prove there who we are (OIDC Core §9)."""

    CLIENT_SECRET_BASIC = "client_secret_basic"
    CLIENT_SECRET_POST = "client_secret_post"
    PRIVATE_KEY_JWT = "private_key_jwt"


class IdentityProvider(models.Model):
    """Another OpenID provider, as `manage.py apply` has it. One that is switched off keeps its identities.

    `role_rules` are `{"claim", "value", "role"}`, of which the first that fits gives its role. `secret` and
    `private_key` are sealed; the latter is ours and made here, and only its public half is ever shown.
    """

    name = models.SlugField(max_length=64, unique=True)
    display_name = models.CharField(max_length=100)
    issuer = models.CharField(max_length=ISSUER_MAX_LENGTH, unique=True)
    client_id = models.CharField(max_length=255)
    auth_method = models.CharField(max_length=32, choices=AuthMethod.choices)
    secret = models.TextField(blank=True)
    private_key = models.TextField(blank=True)
    scopes = models.JSONField(default=list)
    sign_up = models.BooleanField(default=False)
    role_rules = models.JSONField(default=list, blank=True)
    trusts_acr = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Who somebody is at another provider: known by issuer and subject, whatever else it says of them (T76).

    `given_role` is the role that its rules gave at the last sign-in by it, if they did.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=ISSUER_MAX_LENGTH)
    subject = models.CharField(max_length=SUBJECT_MAX_LENGTH)
    given_role = models.ForeignKey(Role, on_delete=models.SET_NULL, null=True, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        """It is one person's."""

        verbose_name_plural = "identities"
        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="idp_identity_unique"),)

    def __str__(self) -> str:
        return f"identity #{self.pk}"
