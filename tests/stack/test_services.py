"""The services answer, and nothing of them is left when a run is killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Page

from tests.stack import chromium
from tests.stack.gatehouse import ROOT
from tests.stack.postgres import Postgres

RUN = """
import sys
from tests.stack import postgres, valkey
with postgres.running() as database, valkey.running() as cache:
    print(database.url, cache.url, flush=True)
    sys.stdin.read()
"""


def test_postgresql_answers(postgres_server: Postgres) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    assert int(postgres_server.version.split(".")[0]) >= 13


def test_redis_answers_and_keeps_workers_apart(redis_url: str) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1")
    assert int(redis_url.rpartition("/")[2]) == int(worker.removeprefix("gw")) + 1
    with redis.Redis.from_url(redis_url) as client:
        client.set("stack", worker, ex=60)
        assert client.getdel("stack") == worker.encode()


def test_a_database_is_copied_dumped_and_dropped(postgres_server: Postgres) -> None:
    name = f"stack_{os.getpid()}"
    url = postgres_server.create(name)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE word (text text)")
        connection.execute("INSERT INTO word VALUES ('gatepost')")
        connection.commit()
        assert "gatepost" in postgres_server.dump(name)
        postgres_server.drop(name)  # although somebody is connected
    assert not postgres_server.has(name)


def test_chromium_renders_and_axe_judges(
    browser: Browser, page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>Hello</h1></main></html>")
    assert page.get_by_role("heading", name="Hello").is_visible()
    assert_accessible(page)
    page.set_content("<!doctype html><html><title>t</title><main><img src=x></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
    assert chromium.version(chromium.find_or_install()) == browser.version


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, PostgreSQL's user too (pytest's own are private)."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-stack-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_killed_run_leaves_no_process_and_no_folder(folder: Path) -> None:
    env = {**os.environ, "TMPDIR": str(folder), "TEST_DATABASE_URL": "", "TEST_REDIS_URL": ""}
    command = [sys.executable, "-c", RUN]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith("postgres://")
        started = _descendants(run.pid)
        assert len(started) >= 4  # two servers, each with its keeper
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while started & _parents().keys() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not started & _parents().keys()
    assert list(folder.iterdir()) == []


def _parents() -> dict[int, int]:
    """Every process on the machine with its parent."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return {int(line.split()[0]): int(line.split()[1]) for line in listed.splitlines()}


def _descendants(ancestor: int) -> set[int]:
    parents = _parents()
    found: set[int] = set()
    while grown := {pid for pid, parent in parents.items() if parent in {ancestor, *found}} - found:
        found |= grown
    return found
