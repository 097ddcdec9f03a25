"""Deleting what is kept of revoked tokens, once they have ended by themselves."""

from datetime import timedelta

from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext.tokens.models import RevokedToken

# For servers whose clocks are behind ours: to them the token has not ended yet.
KEEP_PAST = timedelta(days=1)


def clean_revoked_tokens() -> int:
    """Delete revoked tokens a day after they have ended; return how many."""
    return delete_in_bites(RevokedToken.objects.filter(expires_at__lt=timezone.now() - KEEP_PAST))
