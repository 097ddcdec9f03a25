"""Limits as they are declared, and nothing counted yet."""

import pytest

from idp.ops import redis
from idp.ratelimit import known


@pytest.fixture(autouse=True)
def nothing_counted(settings, monkeypatch, db):
    settings.RATE_LIMIT_FACTOR = 1
    monkeypatch.setattr(known, "_latest", 0.0)
    monkeypatch.setattr(known, "_empty_until", {})
    client = redis.client()
    assert client is not None
    client.flushdb()
