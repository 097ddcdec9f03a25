"""The real services as fixtures."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.stack import chromium, postgres
from tests.stack.gatehouse import Gatehouse

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class StartGatehouse(Protocol):
    """The signature of the `start_gatehouse` fixture."""

    def __call__(
        self, *, servers: int = 1, sqlite: bool = False, settings: dict[str, str] | None = None
    ) -> Gatehouse: ...


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Postgres:
    """The PostgreSQL of this run."""
    return postgres.at(os.environ["TEST_DATABASE_URL"])


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Postgres) -> str:
    """Where to connect to make databases."""
    return postgres_server.url


@pytest.fixture(scope="session")
def redis_url() -> str:
    """This worker's own Redis database, which the server processes it starts use too."""
    return os.environ["REDIS_URL"]


@pytest.fixture(scope="session")
def start_gatehouse(
    postgres_server: postgres.Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartGatehouse]:
    """A function that starts a deployment; what a test doesn't stop ends with the session."""
    with ExitStack() as running:

        def start(*, servers: int = 1, sqlite: bool = False, settings: dict[str, str] | None = None) -> Gatehouse:
            folder = tmp_path_factory.mktemp("gatehouse")
            return running.enter_context(
                Gatehouse(postgres_server, folder, servers=servers, sqlite=sqlite, settings=settings)
            )

        yield start


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """A Chromium for as long as it is needed."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # the loop is Playwright's business: no ORM call of ours runs inside it
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium, a module's: Playwright keeps an event loop running, over which other tests would stumble."""
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: no cookie, no storage of another test."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """A function that fails with axe's report when the page as it stands breaks a rule."""

    def check(page: Page) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check
