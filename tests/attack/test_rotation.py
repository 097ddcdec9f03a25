"""Signing keys change while requests come in, before clients that keep the key set for an hour (T51)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.factories import SECRET
from tests.stack.gatehouse import Gatehouse

ROTATIONS = 2
AT_ONCE = 4
PUBLISHED = "1 day"
ROTATED = "90 days"
HELD_SECONDS = 6


@pytest.fixture(scope="module")
def gatehouse(start_gatehouse) -> Iterator[Gatehouse]:
    with start_gatehouse(servers=2) as gatehouse:
        options = ("--type=confidential", "--auth-method=client_secret_post", f"--secret={SECRET}")
        scopes = ("--grant=client_credentials", "--scope=tokens:introspect")
        gatehouse.manage("create_oauth_app", "--client-id=machine", *options, *scopes)
        gatehouse.manage("rotate_keys")  # as the worker does: the next keys are born
        yield gatehouse


def key_set(gatehouse: Gatehouse) -> KeySet:
    return KeySet.import_key_set(httpx.get(f"{gatehouse.urls[0]}/.well-known/jwks.json").raise_for_status().json())


def age_keys(gatehouse: Gatehouse) -> None:
    """Let as much time pass for the keys as there is between two rotations."""
    with psycopg.connect(gatehouse.database_url) as connection:
        connection.execute(
            f"UPDATE oauth_ext_signingkey SET created_at = created_at - interval '{PUBLISHED}',"
            f" activated_at = activated_at - interval '{ROTATED}'"
        )


class Callers:
    """Ask both servers for tokens without a pause, and check each by the key set that was fetched last."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self.gatehouse = gatehouse
        self.cached = key_set(gatehouse)
        self.kids: set[str] = set()
        self.problems: list[str] = []
        self.checked = 0
        self.over = threading.Event()

    def call(self, number: int) -> None:
        form = {"grant_type": "client_credentials", "client_id": "machine", "client_secret": SECRET}
        with httpx.Client(base_url=self.gatehouse.urls[number % 2], timeout=30) as http:
            while not self.over.is_set():
                answer = http.post("/o/token/", data=form)
                if answer.status_code != 200:
                    self.problems.append(answer.text)
                    continue
                try:
                    token = jwt.decode(answer.json()["access_token"], self.cached, algorithms=["ES256"])
                except (JoseError, ValueError) as error:  # the key set has no such key
                    self.problems.append(repr(error))
                    continue
                self.kids.add(str(token.header["kid"]))
                self.checked += 1

    def wait_for(self, more: int) -> None:
        target = self.checked + more
        while self.checked < target and not self.problems:
            self.over.wait(0.05)


@pytest.mark.full
def test_T51_a_rotation_under_load_fails_no_request(gatehouse: Gatehouse):
    callers = Callers(gatehouse)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(callers.call, number) for number in range(AT_ONCE)]
        try:
            for _ in range(ROTATIONS):
                age_keys(gatehouse)
                callers.cached = key_set(gatehouse)  # the last time in this hour
                said = gatehouse.manage("rotate_keys")
                assert "signs from now on" in said
                callers.wait_for(100)
                callers.over.wait(HELD_SECONDS)  # a process may sign with the old one until then
        finally:
            callers.over.set()
        for each in running:
            each.result()
    assert callers.problems == []
    assert len(callers.kids) == ROTATIONS + 1
