"""The names under which sectors know people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class PairwiseSubject(models.Model):
    """The `sub` of one person for the clients of one sector (OIDC Core §8.1): random, so it tells of no other's.

    Kept as long as the person is: whoever knew them by it knows them again.
    """

    sector = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sub = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One name for a person in a sector, and one person for a name."""

        constraints = (models.UniqueConstraint(fields=["sector", "user"], name="oauth_ext_pairwise_one_sub_a_sector"),)

    def __str__(self) -> str:
        return f"user {self.user_id} at {self.sector}"
