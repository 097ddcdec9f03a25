"""What the limits have counted, where there is no Redis."""

from django.db import models


class Bucket(models.Model):
    """One limit for one key (a keyed hash: no address or name in clear)."""

    key = models.CharField(max_length=64, primary_key=True)
    # When nothing of it will be used up any more, in seconds since 1970; past, the row says nothing.
    full_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
