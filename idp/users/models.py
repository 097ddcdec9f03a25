"""The people, and the roles that say what they may do."""

import unicodedata
import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models.base import ModelBase
from django.db.models.functions import Upper
from django.utils import timezone

from idp.users.acr import MAX_LENGTH as ACR_MAX_LENGTH
from idp.users.acr import is_known as is_known_acr
from idp.users.errors import Busy


def username_key(username: str) -> str:
    """Return the form under which a username is unique: NFKC, case folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


EMAIL_MAX_LENGTH = 254  # as allauth's column has it


class Role(models.Model):
    """A named set of scopes that its users may grant to clients beyond the common five."""

    name = models.SlugField(max_length=64, unique=True)
    description = models.CharField(max_length=255, blank=True)
    # Names only: oauth_ext.scopes is the catalogue, and a name that it doesn't know grants nothing.
    scopes = models.JSONField(default=list, blank=True)
    # How strong a sign-in must be, for anything of a person of this role to count: `idp.users.acr`
    minimum_acr = models.CharField(max_length=ACR_MAX_LENGTH, blank=True, default="")

    class Meta:
        """What is demanded is something that there is."""

        constraints = (models.CheckConstraint(condition=is_known_acr("minimum_acr"), name="idp_role_minimum_acr"),)

    def __str__(self) -> str:
        return self.name


DEFAULT_ROLE = "user"


class UserManager(DjangoUserManager["User"]):
    """Finds people by the normalised form of their name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of that name, whatever its case; raises `User.DoesNotExist`."""
        return self.get(username_key=username_key(username or ""))

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: object
    ) -> "User":
        """Add an operator, for Django's command, which may skip the rule: here nobody does. Raises ValidationError."""
        if password is not None:
            validate_password(password, self.model(username=username, email=email or ""))
        return super().create_superuser(username, email, password, **extra_fields)


class User(AbstractUser):
    """Someone who signs in.

    `sub` is what the outside knows: unguessable and never used again.
    `epoch` rises with everything that ends trust (password change, deactivation, sign-out everywhere),
    in the same transaction; what carries an older epoch is dead.
    `deletion_due_at` is when the account will be deleted, which the person wanted: `idp.users.deletion`.
    """

    sub = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username_key = models.CharField(max_length=600, editable=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    epoch = models.PositiveIntegerField(default=0, editable=False)
    deletion_due_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        """Names are unique without regard to case and normalisation."""

        verbose_name = "user"
        verbose_name_plural = "users"
        swappable = "AUTH_USER_MODEL"
        constraints = (models.UniqueConstraint(fields=["username_key"], name="idp_user_username_key_unique"),)
        # By which signing in and resetting look an address up: `iexact` is `UPPER(…)` on PostgreSQL.
        # The second is for the beginning of a name, which the unique one serves in few collations.
        indexes = (
            models.Index(Upper("email"), name="idp_user_email_upper"),
            models.Index(fields=["username_key"], opclasses=["varchar_pattern_ops"], name="idp_user_name_begins"),
            models.Index(
                fields=["deletion_due_at"],
                condition=models.Q(deletion_due_at__isnull=False),
                name="idp_user_deletion_due",
            ),
        )

    @staticmethod
    def open_now() -> models.Q:
        """Return the condition under which somebody may sign in; once due, an account is as good as deleted."""
        kept = models.Q(deletion_due_at=None) | models.Q(deletion_due_at__gt=timezone.now())
        return models.Q(is_active=True) & kept

    @property
    def is_open(self) -> bool:
        """Say of this row what `open_now` says of rows."""
        return self.is_active and (self.deletion_due_at is None or self.deletion_due_at > timezone.now())

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Keep the unique form of the name beside the name; a new user without a role gets the default one."""
        if not self.role_id:
            self.role = Role.objects.get(name=DEFAULT_ROLE)
        self.username_key = username_key(self.username)
        if update_fields is not None and "username" in update_fields:
            update_fields = {*update_fields, "username_key"}
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def check_password(self, raw_password: str) -> bool:
        """Compare, and keep a better hash of the same password: only in place of the one it was compared with.

        Django's own would write it over a password that was set meanwhile, and the old one would be back. Raises Busy.
        """
        compared = self.password

        def upgrade(raw: str) -> None:
            try:
                self.password = make_password(raw)
            except Busy:
                return  # the next time
            User.objects.filter(pk=self.pk, password=compared).update(password=self.password)

        return check_password(raw_password, compared, upgrade)


class EmailCode(models.Model):
    """The last code that was mailed to an address, for whoever adds it to their account: kept as a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    email = models.CharField(max_length=EMAIL_MAX_LENGTH)
    code_mac = models.CharField(max_length=128)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One for each address of a person."""

        constraints = (models.UniqueConstraint(fields=["user", "email"], name="idp_emailcode_unique"),)

    def __str__(self) -> str:
        return f"a code for an address of user {self.user_id}"


class Invitation(models.Model):
    """A link that makes an account with a role, for whoever reads this address; its key is kept as a hash."""

    email = models.CharField(max_length=EMAIL_MAX_LENGTH, db_index=True)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    # Nobody for a client by itself; it stands only while this person has this role.
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    inviters_role = models.ForeignKey(Role, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """It is over in one way at most."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None), name="idp_invitation_one_end"
            ),
        )

    def __str__(self) -> str:
        return f"invitation #{self.pk}"
