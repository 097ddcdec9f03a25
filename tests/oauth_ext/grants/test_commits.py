"""What a device that asks for its tokens has us write, and in how many commits (`tests/test_costs.py` has the rest)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_ext.keys import services as keys
from tests.oauth_ext.authorization.device.steps import allowed, start

pytestmark = pytest.mark.django_db(transaction=True)


def verbs(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split()[0] for query in queries]


def test_a_device_that_asks_commits_once_and_what_it_buys_once():
    device = allowed(scope="openid profile")
    keys.sign("ES256", {}, typ="JWT")
    with CaptureQueriesContext(connection) as queries:
        assert device.poll(waited=False).status == 200
    assert verbs(queries) == ["WITH", "WITH"]
    waiting = start(device.client)
    with CaptureQueriesContext(connection) as queries:
        assert waiting.poll(waited=False).body["error"] == "authorization_pending"
    assert verbs(queries) == ["WITH", "UPDATE"]
    with CaptureQueriesContext(connection) as queries:
        assert waiting.poll(waited=False).body["error"] == "slow_down"
    assert verbs(queries) == ["WITH", "UPDATE", "UPDATE"]
