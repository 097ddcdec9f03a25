"""Errors say what callers may know, by codes that don't change."""

import json
import logging

import pytest

from graph.account.types import User
from graph.errors import OVER_HTTP, Code
from tests.graph.asking import World, codes, post

SECRET = "password of the database: hunter2"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(User, "of", fail)


def test_T85_what_a_resolver_raises_is_masked_and_found_by_its_id(world: World, broken, caplog):
    token = world.token("openid")
    with caplog.at_level(logging.ERROR):
        response = post('{me{sub} validateToken(token:"marker-in-the-document"){active}}', token)
    assert codes(response) == ["INTERNAL_ERROR"]
    assert SECRET not in response.content.decode()
    body = json.loads(response.content)
    assert body["data"] == {"me": None, "validateToken": {"active": False}}
    assert body["errors"][0]["path"] == ["me"]
    request_id = body["errors"][0]["extensions"]["requestId"]
    assert request_id == response.headers["X-Request-ID"]
    assert request_id in caplog.text
    assert "RuntimeError" in caplog.text
    assert "marker-in-the-document" not in caplog.text
    assert token not in caplog.text


def test_T85_a_masked_error_is_500_over_rest(world: World, broken, client):
    response = client.get("/api/userinfo/", headers={"authorization": f"Bearer {world.token('openid')}"})
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.content)["error"] == "server_error"
    assert SECRET not in response.content.decode()


def test_T85_a_refused_document_is_not_logged(world: World, caplog):
    with caplog.at_level(logging.DEBUG):
        for document in ("{marker_of_a_document}", "{marker_of_a_document"):
            post(document)
    assert "marker_of_a_document" not in "".join(r.getMessage() for r in caplog.records if r.levelno >= logging.INFO)


def test_every_code_is_in_the_table():
    assert OVER_HTTP.keys() == set(Code)
    assert all(400 <= row.status < 600 for row in OVER_HTTP.values())
