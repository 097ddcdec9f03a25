"""What every test may ask for. The services themselves are started by `tests.stack.plugin` (see `pyproject.toml`)."""

import math
import os
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.client import ClientHandler
from pytest_django.plugin import blocking_manager_key
from redis import Redis

pytest_plugins = ("tests.stack.fixtures", "tests.stack.site_fixtures")


@pytest.fixture(autouse=True, scope="session")
def programs_go_the_short_way() -> Generator[None]:
    """Django's client answers as the server does; `goes_short = False` on its handler sends it the long way."""
    from idp.ops.short_way import ShortWay

    by_long_way = ClientHandler.get_response

    def get_response(handler: Any, request: HttpRequest) -> HttpResponseBase:
        if handler.goes_short and "short_way" not in vars(handler):
            handler.short_way = ShortWay()
        answer = handler.short_way.answer(request) if handler.goes_short else None
        return by_long_way(handler, request) if answer is None else answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "goes_short", True, raising=False)
        patch.setattr(ClientHandler, "get_response", get_response)
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_is_written_behind_a_tests_back() -> Generator[None]:
    """What is counted in this process is written where a test says so, by no thread."""
    from oauth_ext.counts import writer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "started", True)
        yield


@pytest.fixture(autouse=True, scope="session")
def nobody_waits_in_a_transaction() -> Generator[None]:
    """Who waits for their turn to hash a password holds no row meanwhile, whatever a test asks for."""
    from idp.users.turns import Turns

    take = Turns.take

    def outside(*args: Any) -> Any:
        opened = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        assert not opened, "a password is hashed in a transaction"
        return take(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Turns, "take", outside)
        yield


@pytest.fixture(autouse=True)
def keys_stay_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements are counted exactly: no signing key is read again in between because some seconds have passed."""
    from oauth_ext.keys import ring

    monkeypatch.setattr(ring, "RELOAD_SECONDS", math.inf)


@pytest.fixture(scope="session")
def counters() -> Redis:
    """Where this worker's tests, and the servers they start, count for the limits."""
    return Redis.from_url(os.environ["REDIS_URL"])


@pytest.fixture(autouse=True)
def nothing_stays_counted(counters: Redis) -> Generator[None]:
    """No test meets a limit that another has used up: all of them have one address."""
    yield
    counters.flushdb()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """After a test whose transactions were real every table is empty: put back what a migrated database has."""
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem is not None and marker is not None and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            as_migrated()


def as_migrated() -> None:
    """Seed the roles and give birth to the signing keys, as `migrate` does."""
    from oauth_ext.keys import services as keys

    with connection.schema_editor() as editor:
        for migration in ("0002_roles", "0005_account_scopes", "0006_administrator_scopes"):
            import_module(f"idp.migrations.{migration}").seed(apps, editor)
    keys.ensure_keys()
