"""A deployment where anybody may register."""

import pytest
from django.test import Client

from oauth_ext import metadata


@pytest.fixture(autouse=True)
def fresh_metadata():
    metadata.authorization_server.cache_clear()
    yield
    metadata.authorization_server.cache_clear()


@pytest.fixture
def anybody(settings, db):
    settings.DYNAMIC_REGISTRATION = "open"


@pytest.fixture
def with_token(settings, db):
    settings.DYNAMIC_REGISTRATION = "token"


@pytest.fixture
def browser() -> Client:
    return Client()
