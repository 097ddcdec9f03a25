"""Token buckets, where there is no Redis."""

from django.db import models


class Bucket(models.Model):
    """How much is left of one limit for one key (a keyed hash: no address or name in clear)."""

    key = models.CharField(max_length=64, primary_key=True)
    level = models.FloatField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
