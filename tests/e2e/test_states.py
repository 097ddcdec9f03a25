"""Each state of the page: there, reachable by everybody, and fitting the smallest screen."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from idp.dev.process import Process, free_port
from tests.e2e.pages import BUTTONS, button, expect_signed_in, expect_signed_out, renew, sign_in
from tests.stack.gatehouse import ROOT
from tests.stack.site import Site

pytestmark = pytest.mark.full  # long

Check = Callable[[Page], None]


@pytest.fixture
def assert_good(assert_accessible: Check) -> Check:
    """A function that fails when the page breaks a rule of axe's, light or dark, or is wider than a small screen."""

    def check(page: Page) -> None:
        for width, scheme in ((360, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert_accessible(page)

    return check


def test_signed_out(page: Page, site: Site, assert_good: Check) -> None:
    page.goto(site.url)
    expect_signed_out(page)
    assert_good(page)


def test_signing_in_and_signed_in(page: Page, site: Site, assert_good: Check) -> None:
    with waiting_for(site, "/graphql"):
        page.goto(site.url)
        page.context.add_init_script("delete window.SharedWorker")
        sign_in_slowly(page, site, assert_good)
    expect_signed_in(page)
    assert_good(page)


def sign_in_slowly(page: Page, site: Site, assert_good: Check) -> None:
    button(page, BUTTONS["browser"]).click()
    page.locator('input[name="login"]').fill("alice")
    page.locator('input[name="password"]').fill("alicepass")
    with waiting_for(site, "/o/token/"):
        page.locator('input[name="password"]').press("Enter")
        waiting = page.get_by_role("heading", level=1, name="Signing you in…")
        expect(waiting.or_(button(page, "Allow"))).to_be_visible()
        if button(page, "Allow").is_visible():
            button(page, "Allow").click()
        expect(waiting).to_be_visible()
        assert_good(page)
    expect(page.get_by_role("heading", name="Looking you up…")).to_be_visible()
    assert_good(page)


@contextmanager
def waiting_for(site: Site, path: str) -> Iterator[None]:
    """Hold back the server's answers at this path."""
    site.recorder.delays[path] = 3.0
    try:
        yield
    finally:
        site.recorder.delays.pop(path)


def test_error(page: Page, site: Site, assert_good: Check) -> None:
    page.goto(f"{site.url}/callback?code=c&state=s&iss={site.issuer}")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_good(page)


def test_server_away(page: Page, site: Site, assert_good: Check) -> None:
    page.goto(site.url)
    expect_signed_out(page)
    page.context.route(f"{site.issuer}/**", lambda route: route.abort("connectionrefused"))
    page.context.add_init_script("delete window.SharedWorker")
    page.reload()
    button(page, BUTTONS["browser"]).click()
    expect(page.get_by_role("alert")).to_contain_text("The sign-in server doesn’t answer")
    assert_good(page)
    page.context.unroute(f"{site.issuer}/**")
    button(page, "Start again").click()
    button(page, BUTTONS["browser"]).click()
    expect(page.locator('input[name="password"]')).to_be_visible()


def test_offline_signed_out(page: Page, site: Site, assert_good: Check) -> None:
    page.add_init_script("delete window.SharedWorker")  # Playwright takes the network from pages only
    page.goto(site.url)
    expect_signed_out(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Signing in needs a way to the server.")).to_be_visible()
    assert_good(page)
    button(page, BUTTONS["browser"]).click()
    expect(page.get_by_role("heading", level=1, name="You are offline")).to_be_visible()
    assert_good(page)
    page.context.set_offline(False)
    expect_signed_out(page)


def test_offline_signed_in(page: Page, site: Site, assert_good: Check) -> None:
    sign_in(page, site, "backend")
    page.context.set_offline(True)
    expect(page.get_by_text("What you see may be from before")).to_be_visible()
    button(page, "Renew now").click()
    expect(page.get_by_text("The sign-in server doesn’t answer.")).to_be_visible()
    assert_good(page)
    page.context.set_offline(False)
    expect(page.get_by_text("What you see may be from before")).to_be_hidden()
    renew(page)


@pytest.fixture
def development_server() -> Iterator[str]:
    """What `npm start` serves, on a port of its own."""
    port = free_port()
    url = f"http://localhost:{port}"
    vite = [str(Path(sys.prefix, "bin", "node")), "node_modules/vite/bin/vite.js", f"--port={port}"]
    server = Process([*vite, "--strictPort"], cwd=ROOT / "spa")
    try:
        server.wait_until(lambda: answers(url))
        yield url
    finally:
        server.stop()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def test_without_a_backend_its_button_is_absent(page: Page, development_server: str) -> None:
    for path in ("/bff/session", "/bff/login", "/config.json"):
        assert httpx.get(development_server + path, headers={"Accept": "text/html"}).status_code == 404
    page.goto(development_server)
    expect_signed_out(page)
    expect(button(page, BUTTONS["browser"])).to_be_visible()
    expect(button(page, BUTTONS["backend"])).to_be_hidden()
