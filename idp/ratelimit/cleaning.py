"""Deleting buckets that are full again."""

import time

from idp.ratelimit.models import Bucket

BITE = 5000


def clean_buckets() -> int:
    """Delete the rows that say nothing any more, a bite at a time; return how many."""
    full, deleted = Bucket.objects.filter(full_at__lt=time.time()), 0
    while True:
        keys = list(full.values_list("pk", flat=True)[:BITE])
        deleted += full.filter(pk__in=keys).delete()[0]  # one that was taken from meanwhile is not full
        if len(keys) < BITE:
            return deleted
