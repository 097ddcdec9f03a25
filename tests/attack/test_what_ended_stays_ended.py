"""A restart, a flushed Redis or a second process never brings back what was revoked."""

import pytest
import redis

from tests.http_flow import Deployment


@pytest.fixture(scope="module")
def deployment(start_gatehouse):
    with Deployment(start_gatehouse(servers=2)) as deployment:
        yield deployment


def revoke(deployment, token: str, url: str) -> None:
    answer = deployment.pool.post(url + "/o/revoke_token/", data={"client_id": "app", "token": token})
    assert answer.status_code == 200


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_T36_revoked_here_is_dead_there_at_once(deployment, which):
    here, there = deployment.gatehouse.urls
    tokens = deployment.person().sign_in().tokens()
    assert deployment.is_live(tokens["access_token"], here)
    assert deployment.is_live(tokens["access_token"], there)
    revoke(deployment, tokens[which], here)
    assert not deployment.is_live(tokens["access_token"], there)
    assert not deployment.is_live(tokens["access_token"], here)
    assert deployment.refresh(tokens["refresh_token"], there).status_code == 400


def test_signed_out_here_is_dead_there_at_once(deployment):
    here, there = deployment.gatehouse.urls
    person = deployment.person(here).sign_in()
    tokens = person.tokens()
    assert deployment.is_live(tokens["access_token"], there)
    person.sign_out()
    assert not deployment.is_live(tokens["access_token"], there)
    assert deployment.refresh(tokens["refresh_token"], there).status_code == 400


def test_a_restart_brings_nothing_back_and_ends_nothing(deployment):
    person = deployment.person().sign_in()
    dead, living = person.tokens(), person.tokens()
    revoke(deployment, dead["refresh_token"], deployment.gatehouse.urls[0])
    for server in deployment.gatehouse.servers:
        server.restart()
    assert not deployment.is_live(dead["access_token"])
    assert deployment.refresh(dead["refresh_token"]).status_code == 400
    assert deployment.is_live(living["access_token"])
    assert deployment.refresh(living["refresh_token"]).status_code == 200


def test_a_flushed_redis_brings_nothing_back_and_ends_nothing(deployment, redis_url):
    person = deployment.person().sign_in()
    dead, living = person.tokens(), person.tokens()
    revoke(deployment, dead["refresh_token"], deployment.gatehouse.urls[0])
    redis.Redis.from_url(redis_url).flushdb()
    assert not deployment.is_live(dead["access_token"])
    assert deployment.refresh(dead["refresh_token"]).status_code == 400
    assert deployment.is_live(living["access_token"])
    assert person.tokens()["access_token"]
