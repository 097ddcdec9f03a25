"""Deleting requests and codes that say nothing any more."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.families.models import Family

KEEP_CODES = timedelta(days=1)


def clean_requests() -> int:
    """Delete requests that have ended; one that was answered is known for as long. Return how many."""
    return delete_in_bites(AuthorizationRequest.objects.filter(expires_at__lt=timezone.now()))


def clean_codes() -> int:
    """Delete codes that a day ago could no longer be redeemed; return how many.

    One that bought something is kept while that lives: its second use must still end it (RFC 9700 §4.2.4).
    """
    return delete_in_bites(AuthorizationCode.objects.filter(says_nothing()))


def says_nothing() -> Q:
    """Return the condition under which a code, of whatever kind, need not be known any more."""
    now = timezone.now()
    bought = Family.objects.filter(pk=OuterRef("family_id"), ended_at=None, expires_at__gt=now)
    return Q(Q(family=None) | ~Exists(bought), expires_at__lt=now - KEEP_CODES)
