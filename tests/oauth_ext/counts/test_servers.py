"""What servers count arrives in the table: every so often, and at their orderly end."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

from tests.http_flow import Deployment
from tests.stack.gatehouse import Gatehouse

SOON, NEVER = "1", "3600"
SHOW = "SELECT kind, number FROM oauth_ext_clientcount ORDER BY kind"


def used(gatehouse: Gatehouse) -> list[tuple[str, int]]:
    if gatehouse.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(gatehouse.database_url.removeprefix("sqlite:///"))) as file:
            return file.execute(SHOW).fetchall()
    with psycopg.connect(gatehouse.database_url) as database:
        return database.execute(SHOW).fetchall()


def refresh_and_check(deployment: Deployment) -> None:
    """Refresh once, and have two tokens checked, one of them bad."""
    tokens = deployment.person().sign_in().tokens()
    fresh = deployment.refresh(tokens["refresh_token"]).json()
    assert deployment.is_live(fresh["access_token"])
    assert not deployment.is_live(fresh["access_token"] + "x")


WRITTEN = [("check", 1), ("refresh", 1)]


COUNT = (
    "import threading; from oauth_ext.counts import services as counts; from oauth_ext.models import Application; "
    "names = lambda: [thread.name for thread in threading.enumerate()]; pk = Application.objects.get().pk; "
    "assert 'counts' not in names(); counts.checked(pk); counts.checked(pk); assert names().count('counts') == 1"
)


@pytest.mark.parametrize(
    "sqlite", [pytest.param(False, id="PostgreSQL"), pytest.param(True, id="SQLite", marks=pytest.mark.full)]
)
def test_a_server_writes_what_it_counted(start_gatehouse: Callable[..., Gatehouse], sqlite: bool):
    gatehouse = start_gatehouse(sqlite=sqlite, settings={"COUNTS_WRITTEN_SECONDS": SOON})
    with Deployment(gatehouse) as deployment:
        refresh_and_check(deployment)
        deadline = time.monotonic() + 20
        while used(gatehouse) != WRITTEN and time.monotonic() < deadline:
            time.sleep(0.2)
        assert used(gatehouse) == WRITTEN
    gatehouse.manage("shell", "-v0", "-c", COUNT)  # and so does a command, by one thread that its first count starts
    assert used(gatehouse) == [("check", 3), ("refresh", 1)]
    gatehouse.stop()


def test_a_server_that_is_told_to_stop_writes_what_is_left(start_gatehouse: Callable[..., Gatehouse]):
    gatehouse = start_gatehouse(settings={"COUNTS_WRITTEN_SECONDS": NEVER})
    with Deployment(gatehouse) as deployment:
        refresh_and_check(deployment)
    assert used(gatehouse) == []
    gatehouse.servers[0].stop()
    assert used(gatehouse) == WRITTEN
    gatehouse.manage("shell", "-v0", "-c", COUNT)  # and so does a command, by one thread that its first count starts
    assert used(gatehouse) == [("check", 3), ("refresh", 1)]
    gatehouse.stop()
