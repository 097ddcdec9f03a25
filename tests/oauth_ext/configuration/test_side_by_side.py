"""Two at once: files are applied one after the other, and who is overtaken changes nothing."""

import pytest
from django.db import connection

from idp.models import Role
from idp.users.services import create_role
from oauth_ext.configuration.errors import ConfigurationError
from tests.oauth_ext.configuration.calling import apply
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_waits_and_finds_nothing_to_do():
    text = "roles: {clerk: {scopes: [users:read]}}"
    with waiting(lambda: apply(text)) as outcome:
        assert apply(text) == ["+ roles[clerk]"]
    assert outcome == [[]]


def test_who_is_overtaken_leaves_nothing_half_done():
    with waiting(lambda: apply("roles: {first: {scopes: []}, second: {scopes: []}}")) as outcome:
        create_role("second", "", [])
    [error] = outcome
    assert isinstance(error, ConfigurationError)
    assert "meanwhile" in str(error)
    assert not Role.objects.filter(name="first").exists()
    assert connection.vendor == "postgresql"
