"""Revoked tokens are remembered until nobody can take them for live any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.outbox import registry
from oauth_ext.tokens.cleaning import clean_revoked_tokens
from oauth_ext.tokens.models import RevokedToken

pytestmark = pytest.mark.django_db


def test_a_revoked_token_is_remembered_for_a_day_after_its_end():
    now = timezone.now()
    for name, age in {"live": -1, "just ended": 1, "a day ago": 23, "long ago": 25}.items():
        RevokedToken.objects.create(jti=name, expires_at=now - timedelta(hours=age))
    assert clean_revoked_tokens() == 1
    assert set(RevokedToken.objects.values_list("jti", flat=True)) == {"live", "just ended", "a day ago"}


def test_the_worker_knows_of_it():
    assert "clean revoked tokens" in {job.name for job in registry.periodic()}
