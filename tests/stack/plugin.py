"""The pytest plugin that starts PostgreSQL and Valkey, once a run, before Django reads its settings.

Only the process that a person started does it: xdist's workers inherit the addresses through the environment, each with
a Redis database of its own (pytest-django gives each a PostgreSQL database too). Nothing is started to only collect.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest
from execnet.xspec import XSpec

from idp.dev.process import StartError
from tests.stack import chromium, environment, postgres, valkey

_services = ExitStack()
_versions: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the services: a wrapper, because pytest-django's own hook of this name reads the settings."""
    options = early_config.known_args_namespace
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ.update(environment.settings())
        try:
            if not (options.help or options.version or options.collectonly):
                _start()
        except StartError as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


def pytest_report_header() -> list[str]:
    """What the tests ran on."""
    return _versions


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[XSpec]) -> None:
    """Give each worker a Redis database of its own."""
    if url := os.environ.get("TEST_REDIS_URL"):
        redis = valkey.Valkey(url, "")
        for number, spec in enumerate(specs, start=1):
            spec.env["REDIS_URL"] = redis.database(number)


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _services.close()


def _start() -> None:
    database = _services.enter_context(postgres.running())
    redis = _services.enter_context(valkey.running())
    browser = chromium.find()
    _versions[:] = [
        f"PostgreSQL {database.version}",
        redis.version,
        f"Chromium {chromium.version(browser)}" if browser else "Chromium: none yet, installed when a test wants it",
    ]
    os.environ |= {
        "TEST_DATABASE_URL": database.url,
        "TEST_REDIS_URL": redis.url,
        "DATABASE_URL": database.database("gatehouse"),
        "REDIS_URL": redis.url,
    }
