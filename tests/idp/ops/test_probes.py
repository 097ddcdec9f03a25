"""The process lives; whether it can serve is another question, and its answer names what is missing."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from idp.ops import probes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_breaker")]


def test_ready_when_everything_works(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_redis_that_is_away_is_named(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "failing": ["cache"]})
    assert client.get("/healthz").status_code == 200


def test_no_redis_configured_is_no_failure(client, settings):
    settings.REDIS_URL = ""
    assert client.get("/readyz").status_code == 200


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_a_migration_to_apply_is_named(client):
    call_command("migrate", "idp", "0001", "--fake", verbosity=0)
    try:
        answer = client.get("/readyz")
    finally:
        call_command("migrate", "idp", "--fake", verbosity=0)
    assert answer.status_code == 503
    assert "migrations" in answer.json()["failing"]


def test_a_database_that_is_away_is_named_and_not_quoted(client, monkeypatch):
    def away():
        raise DatabaseError("connection to server at 10.0.0.1 failed")

    monkeypatch.setitem(probes._probes, "database", away)
    answer = client.get("/readyz")
    assert answer.json() == {"status": "unavailable", "failing": ["database"]}


def test_signing_keys_are_asked_for():
    assert "signing keys" in probes._probes


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_read_only_and_set_no_cookie(client, path):
    assert client.head(path).status_code == 200
    refused = client.post(path)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert refused.json()["error"] == "method_not_allowed"
    assert not client.cookies
