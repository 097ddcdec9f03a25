"""Factors: one row for each thing that somebody holds. None of these rows is enough to sign in with."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuthenticatorApp(models.Model):
    """An app that shows six digits for half a minute (RFC 6238). It counts once its first code was typed.

    `last_counter` is the number of the half minute whose code was taken last: no code is taken at or before it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    secret = models.CharField(max_length=255)  # sealed, bound to `user_id`
    last_counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"the authenticator app of user {self.user_id}"


class RecoveryCode(models.Model):
    """One of a person's recovery codes, until it is used: its first letters find the row, the others are hashed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    selector = models.CharField(max_length=2)
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """No two of a person begin alike."""

        constraints = (models.UniqueConstraint(fields=["user", "selector"], name="idp_recoverycode_unique"),)

    def __str__(self) -> str:
        return f"a recovery code of user {self.user_id}"


class Passkey(models.Model):
    """A WebAuthn credential, with what the relying party keeps of it (WebAuthn Level 3 §4, credential record).

    `backup_eligible` passkeys may be on several devices; `verified` says whether its holder showed who they are when it
    was made, `discoverable` whether it can be found without a name (None: the browser didn't say).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url of up to 1023 bytes
    credential = models.TextField()  # base64url of AAGUID, id and public key (WebAuthn §6.5.1)
    name = models.CharField(max_length=64)
    sign_count = models.BigIntegerField(default=0)
    verified = models.BooleanField()
    discoverable = models.BooleanField(null=True)
    backup_eligible = models.BooleanField()
    backed_up = models.BooleanField()
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey #{self.pk} of user {self.user_id}"


class UsedChallenge(models.Model):
    """A challenge that was answered, kept until it is too old to be answered again."""

    challenge_hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "a challenge that was answered"
