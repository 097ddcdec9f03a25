"""Limits as they are declared, and none known to be used up."""

import pytest

from idp.ratelimit import known


@pytest.fixture(autouse=True)
def as_declared(settings, monkeypatch, db):
    settings.RATE_LIMIT_FACTOR = 1
    monkeypatch.setattr(known, "_latest", 0.0)
    monkeypatch.setattr(known, "_empty_until", {})
