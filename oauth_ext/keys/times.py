"""How long a key stays what it is."""

from datetime import timedelta
from typing import Final

from django.conf import settings

# No token that we sign lives longer, whatever a client's or a deployment's lifetimes are: `services.sign` sees to it.
LONGEST_TOKEN: Final = timedelta(days=1)
# What a token may be late: clocks, and the leeway of those who check it
LATE: Final = timedelta(hours=1)
# A retired key is published until the last token that it signed has ended.
PUBLISHED_AFTERWARDS: Final = LONGEST_TOKEN + LATE


def rotation() -> timedelta:
    """Return how long a key signs before the next one takes over."""
    return timedelta(seconds=settings.SIGNING_KEY_ROTATION_SECONDS)


def publication() -> timedelta:
    """Return how long a key is published before it may sign: longer than clients keep the keys that they fetched."""
    return timedelta(seconds=settings.SIGNING_KEY_PUBLISH_SECONDS)


def kept_afterwards() -> timedelta:
    """Return how long we keep a retired key ourselves: its ID tokens come back as hints when they have long ended.

    A hint is good as long as what its ID token came with may live: the sign-in, and the grant.
    """
    oldest = max(settings.SESSION_MAX_AGE_SECONDS, settings.REFRESH_TOKEN_MAX_AGE_SECONDS)
    return PUBLISHED_AFTERWARDS + timedelta(seconds=oldest)
