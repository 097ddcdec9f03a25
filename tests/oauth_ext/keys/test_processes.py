"""A key that is given up in one process is given up in all."""

import json
import time
from collections.abc import Callable

import httpx
import pytest

from oauth_ext.keys import ring
from oauth_ext.keys.jws import header_of
from tests.stack.gatehouse import Gatehouse

pytestmark = pytest.mark.full  # long

MACHINE = ("--client-id=machine", "--type=confidential", "--grant=client_credentials", "--json")
GIVE_UP = "from oauth_ext.keys.services import mark_compromised; mark_compromised('{kid}')"

RELOAD_SECONDS = ring.RELOAD_SECONDS  # as it is in the servers; in this process a fixture stops the clock


def test_what_a_compromised_key_signed_is_dead_everywhere_at_once(start_gatehouse: Callable[..., Gatehouse]):
    gatehouse = start_gatehouse(servers=2)
    client = ("machine", json.loads(gatehouse.manage("create_oauth_app", *MACHINE))["client_secret"])

    def post(url: str, path: str, **form: str) -> dict[str, object]:
        answer = httpx.post(f"{url}{path}", data=form, auth=client)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def issued(url: str) -> str:
        return str(post(url, "/o/token/", grant_type="client_credentials")["access_token"])

    def is_active(url: str, token: str) -> bool:
        return post(url, "/o/introspect/", token=token)["active"] is True

    def published(url: str) -> set[str]:
        return {key["kid"] for key in httpx.get(f"{url}/.well-known/jwks.json").json()["keys"] if key["alg"] == "ES256"}

    first, second = gatehouse.urls
    token = issued(first)
    assert is_active(first, token)
    assert is_active(second, token)
    (lost,) = published(first)
    gatehouse.manage("shell", "-v0", "-c", GIVE_UP.format(kid=lost))
    for url in (first, second):
        assert not is_active(url, token)
        assert lost not in published(url)
        assert len(published(url)) == 2  # the one in its place, and the next
    time.sleep(RELOAD_SECONDS + 1)
    for fresh in (issued(first), issued(second)):
        assert header_of(fresh)["kid"] in published(first) == published(second)
        assert is_active(first, fresh)
        assert is_active(second, fresh)
    for server in gatehouse.servers:
        server.restart()
        assert not is_active(server.url, token)
    gatehouse.stop()
