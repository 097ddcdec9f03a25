"""Deleting clients that described themselves and that nobody ever used, or that took themselves back."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext.clients.models import Application
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import Family

KEEP_UNUSED = timedelta(days=30)


def clean_clients() -> int:
    """Delete, after a month, clients that took themselves back, or that nobody ever allowed anything; return how many.

    One that somebody allowed something stays: it may come back after years, by the name that it keeps. So does a
    metadata document that was switched off, as it would come back switched on.
    """
    past = timezone.now() - KEEP_UNUSED
    mine, source = OuterRef("pk"), Application.RegistrationSource
    gone = Q(registration_source=source.DCR, is_active=False)
    unused = Q(registration_source__in=[source.DCR, source.CIMD], is_active=True)
    return delete_in_bites(
        Application.objects.filter(
            gone | unused & ~Exists(Consent.objects.filter(client_id=mine)),
            ~Exists(Family.objects.filter(client_id=mine)),
            updated__lt=past,
        )
    )
