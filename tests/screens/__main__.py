"""Takes all of them, into `docs/screens/`: `python -m tests.screens [FOLDER]`.

It starts what it looks at, as the tests do. `pngquant` makes the files small where it is installed.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.screens import application, elsewhere, newcomers, server, themed
from tests.screens.camera import Camera, make_small
from tests.stack import chromium, environment, postgres
from tests.stack.fixtures import CHROMIUM_ARGUMENTS
from tests.stack.gatehouse import ROOT, Gatehouse
from tests.stack.site import Site

WALKS = (
    server.signing_in,
    server.around_it,
    server.resetting,
    application.online,
    application.account,
    application.waiting,
    application.offline,
    application.backend,
)


def main(folder: Path) -> None:
    """Take all of them."""
    os.environ |= environment.settings()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as parts:
        database = parts.enter_context(postgres.running())
        place = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="gatehouse-screens-")))
        mail = place / "mail"

        def start(*, settings: dict[str, str] | None = None) -> Gatehouse:
            return Gatehouse(database, place, settings=settings)

        site = parts.enter_context(Site(start, {"EMAIL_URL": f"filemail://{mail}"}))
        strict = parts.enter_context(start())
        welcoming = parts.enter_context(
            start(settings=newcomers.SETTINGS | {"EMAIL_URL": f"filemail://{mail}-newcomers"})
        )
        own_look = parts.enter_context(start(settings=themed.SETTINGS))
        linking = parts.enter_context(start(settings=elsewhere.SETTINGS))
        browser = parts.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium.find_or_install(), args=CHROMIUM_ARGUMENTS
        )
        parts.callback(browser.close)

        @contextmanager
        def camera(*, scripts: bool = True) -> Iterator[tuple[Page, Camera]]:
            """A browser that was nowhere yet."""
            with browser.new_context(locale="en-GB", java_script_enabled=scripts) as context:
                page = context.new_page()
                page.set_default_timeout(60_000)
                yield page, Camera(page, folder)

        server.prepare(site.gatehouse, strict)
        for walk in WALKS:
            with camera() as (page, taker):
                walk(page, taker, site)
        newcomers.prepare(welcoming)
        for newcomer in (newcomers.signing_up, newcomers.with_a_passkey, newcomers.invited, newcomers.connecting):
            with camera() as (page, taker):
                newcomer(page, taker, welcoming)
        with camera(scripts=False) as (page, taker):
            newcomers.posting(page, taker, welcoming)
        with camera() as (page, taker):  # last: alice has another password then
            newcomers.changing_password(page, taker, welcoming)
        server.prepare(own_look)
        themed.prepare(own_look)
        for dressed in (themed.themed, themed.in_its_colour):
            with camera() as (page, taker):
                dressed(page, taker, own_look)
        with camera() as (page, taker):
            themed.factors(page, taker, own_look)
        with camera() as (page, taker):
            elsewhere.signing_in(page, taker, linking)
        with camera() as (page, taker):
            server.outside_debug(page, taker, strict)
    shutil.copy(folder / "signin-1280-light.png", folder / "signin.png")
    shutil.copy(folder / "app-signed-in-1280-light.png", folder / "account.png")
    make_small(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens")
