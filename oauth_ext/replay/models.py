"""What was used."""

from django.db import models


class UsedOnce(models.Model):
    """A value that was used, hashed with what it was used for and by whom; kept until it would be refused anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
