"""What each grant writes, and in how many commits: BEGIN and COMMIT are counted with the rest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_ext.keys import services as keys
from tests.factories import make_client
from tests.oauth_ext.authorization.device.steps import allowed, start
from tests.oauth_ext.token_endpoint import get_code, signed_in, token

pytestmark = pytest.mark.django_db(transaction=True)


def verbs(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split()[0] for query in queries]


def test_a_code_exchange_commits_once():
    code = get_code(scope="openid profile")
    keys.sign("ES256", {}, typ="JWT")  # what a process reads once is read now
    with CaptureQueriesContext(connection) as queries:
        assert code.redeem().status == 200
    assert verbs(queries) == ["SELECT", "SELECT", "BEGIN", "UPDATE", "INSERT", "INSERT", "COMMIT"]


def test_a_refresh_commits_once_and_a_repeat_never():
    person = signed_in()
    with CaptureQueriesContext(connection) as queries:
        assert person.refresh().status == 200
    assert verbs(queries) == ["SELECT", "SELECT", "UPDATE"]  # by itself, so its own commit
    with CaptureQueriesContext(connection) as queries:
        assert person.refresh().status == 200
    assert verbs(queries) == ["SELECT", "SELECT"]


def test_a_device_that_asks_commits_once_and_what_it_buys_once():
    device = allowed(scope="openid profile")
    keys.sign("ES256", {}, typ="JWT")
    with CaptureQueriesContext(connection) as queries:
        assert device.poll(waited=False).status == 200
    assert verbs(queries) == ["SELECT", "SELECT", "BEGIN", "UPDATE", "INSERT", "INSERT", "COMMIT"]
    waiting = start(device.client)
    with CaptureQueriesContext(connection) as queries:
        assert waiting.poll(waited=False).body["error"] == "authorization_pending"
    assert verbs(queries) == ["SELECT", "SELECT", "UPDATE"]
    with CaptureQueriesContext(connection) as queries:
        assert waiting.poll(waited=False).body["error"] == "slow_down"
    assert verbs(queries) == ["SELECT", "SELECT", "UPDATE", "UPDATE"]


def test_client_credentials_commit_nothing():
    client = make_client(
        "machine", client_type="confidential", grant_types=["client_credentials"], scopes=["tokens:introspect"]
    )
    token(client, "client_credentials")
    with CaptureQueriesContext(connection) as queries:
        assert token(client, "client_credentials").status == 200
    assert verbs(queries) == ["SELECT"]
