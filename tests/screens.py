"""Takes a picture of every page and state: small and large, light and dark, into `docs/screens/`.

`python -m tests.screens [FOLDER]` starts what it looks at, as the tests do, and walks it as a person would. `pngquant`
makes the files small where it is installed.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import psycopg
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.e2e.pages import BUTTONS, button, expect_signed_in, expect_signed_out, sign_in
from tests.stack import chromium, environment, postgres
from tests.stack.fixtures import CHROMIUM_ARGUMENTS
from tests.stack.gatehouse import ROOT, Gatehouse
from tests.stack.site import Site

PASSWORD = 'input[name="password"]'
WEB, LOOPBACK = "https://photos.example/callback", "http://127.0.0.1:9/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of RFC 7636, appendix B: no code is redeemed here
SCOPES = ("openid", "profile", "email", "roles", "offline_access")


class View(NamedTuple):
    """A screen: its size in CSS pixels, and how much smaller its picture is."""

    width: int
    height: int
    scale: float


VIEWS = (View(360, 640, 1), View(1280, 800, 0.625))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Camera:
    """Takes the pictures of one page's states."""

    def __init__(self, page: Page, folder: Path) -> None:
        self._page = page
        self._folder = folder
        self._devtools = page.context.new_cdp_session(page)

    def take(self, name: str) -> None:
        """A picture for each size and colour scheme: the whole page, and at least the screen."""
        for view in VIEWS:
            self._page.set_viewport_size({"width": view.width, "height": view.height})
            for scheme in SCHEMES:
                self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self._page.wait_for_timeout(150)  # colours fade
                self._save(view, self._folder / f"{name}-{view.width}-{scheme}.png")

    def _save(self, view: View, file: Path) -> None:
        """Playwright's own screenshots come in one scale."""
        height = self._page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
        clip = {"x": 0, "y": 0, "width": view.width, "height": height, "scale": view.scale}
        options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        file.write_bytes(base64.b64decode(self._devtools.send("Page.captureScreenshot", options)["data"]))


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
        browser = parts.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium.find_or_install(), args=CHROMIUM_ARGUMENTS
        )
        parts.callback(browser.close)

        @contextmanager
        def camera() -> Iterator[tuple[Page, Camera]]:
            """A browser that was nowhere yet."""
            with browser.new_context(locale="en-GB") as context:
                page = context.new_page()
                page.set_default_timeout(60_000)
                yield page, Camera(page, folder)

        prepare(site.gatehouse, strict)
        for walk in (signing_in, around_it, resetting):
            with camera() as (page, taker):
                walk(page, taker, site)
            print(walk.__name__, flush=True)
        with camera() as (page, taker):
            outside_debug(page, taker, strict)
        for walk in (application, waiting, application_offline, backend):
            with camera() as (page, taker):
                walk(page, taker, site)
            print(walk.__name__, flush=True)
    shutil.copy(folder / "signin-1280-light.png", folder / "signin.png")
    shutil.copy(folder / "app-signed-in-1280-light.png", folder / "account.png")
    make_small(folder)


def prepare(*servers: Gatehouse) -> None:
    """Two clients that nobody trusts yet, and people."""
    for server in servers:
        server.manage("seed_demo_users", "--force")
        for client_id, name, redirect_uri in (("photos", "Photo Album", WEB), ("notes", "Notes", LOOPBACK)):
            server.manage(
                "create_oauth_app",
                f"--client-id={client_id}",
                f"--name={name}",
                f"--redirect-uri={redirect_uri}",
                *(f"--scope={scope}" for scope in SCOPES),
            )


def asked(issuer: str, client_id: str, redirect_uri: str, **more: str) -> str:
    """Where a client sends the browser."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{issuer}/o/authorize/?{urlencode(query | more)}"


def heading(page: Page, words: str) -> None:
    """Wait for a page by its heading."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def type_in(page: Page, name: str = "alice", password: str = "alicepass") -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_label("Username or e-mail").fill(name)
    page.locator(PASSWORD).fill(password)
    button(page, "Sign in").click()


def signing_in(page: Page, camera: Camera, site: Site) -> None:
    """From a client to its consent page."""
    page.goto(f"{site.issuer}/accounts/login/")
    camera.take("signin-plain")
    page.goto(asked(site.issuer, "photos", WEB))
    heading(page, "Sign in")
    camera.take("signin")
    page.get_by_text("What it asks for").click()
    camera.take("signin-asks")
    button(page, "Sign in").click()
    camera.take("signin-empty")
    type_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("signin-wrong")
    type_in(page)
    heading(page, "Allow Photo Album?")
    camera.take("consent")
    page.goto(asked(site.issuer, "photos", WEB, prompt="select_account"))
    heading(page, "Choose an account")
    camera.take("choose-account")
    page.goto(asked(site.issuer, "photos", WEB, prompt="login"))
    heading(page, "Confirm that it is you")
    camera.take("prove")
    page.locator(PASSWORD).fill("wrong")
    button(page, "Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("prove-wrong")


def around_it(page: Page, camera: Camera, site: Site) -> None:
    """The start page, signing out, and what an app may do wrong."""
    page.goto(site.issuer)
    heading(page, "You are not signed in")
    camera.take("home-signed-out")
    page.goto(f"{site.issuer}/accounts/login/")
    type_in(page, "admin", "adminpass")
    heading(page, "Hello, admin")
    camera.take("home-signed-in")
    page.get_by_role("link", name="Sign out").click()
    heading(page, "Sign out?")
    camera.take("signout")
    page.goto(f"{site.issuer}/o/logout/?{urlencode({'client_id': 'photos'})}")
    heading(page, "Sign out?")
    camera.take("logout-asked")
    button(page, "Sign out").click()
    heading(page, "You are signed out")
    camera.take("logged-out")
    page.goto(asked(site.issuer, "photos", "https://elsewhere.example/"))
    heading(page, "This did not work")
    camera.take("error-authorization")
    page.goto(f"{site.issuer}/accounts/login/")
    for _ in range(5):
        type_in(page, "somebody", "wrong")
        expect(page.get_by_role("alert")).to_be_visible()
    type_in(page, "somebody", "wrong")
    heading(page, "Too many attempts")
    camera.take("error-429")


def resetting(page: Page, camera: Camera, site: Site) -> None:
    """A forgotten password."""
    page.goto(f"{site.issuer}/accounts/password/reset/")
    camera.take("reset")
    button(page, "Send the link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("reset-empty")
    page.get_by_role("textbox").fill("admin@example.com")
    button(page, "Send the link").click()
    heading(page, "Look into your mail")
    camera.take("reset-sent")
    site.gatehouse.manage("work", "--once")
    folder = Path(site.gatehouse.environment["EMAIL_URL"].removeprefix("filemail://"))
    link = re.search(rf"{site.issuer}/\S+", "".join(file.read_text() for file in folder.iterdir()))
    assert link
    page.goto(link[0])
    heading(page, "Set a new password")
    camera.take("reset-set")
    for name, password in (("password1", "a long one of mine"), ("password2", "another one")):
        page.locator(f'input[name="{name}"]').fill(password)
    button(page, "Set the password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("reset-set-wrong")
    for name in ("password1", "password2"):
        page.locator(f'input[name="{name}"]').fill("a long one of mine")
    button(page, "Set the password").click()
    heading(page, "Your password is set")
    camera.take("reset-done")
    page.goto(link[0])
    heading(page, "This link no longer works")
    camera.take("reset-dead")


def outside_debug(page: Page, camera: Camera, strict: Gatehouse) -> None:
    """What is different outside DEBUG: a client that nobody can tell from another is asked for each time; errors."""
    page.goto(strict.issuer.replace("localhost", "127.0.0.1"))
    camera.take("error-400")
    page.goto(f"{strict.issuer}/nothing/here/")
    camera.take("error-404")
    page.goto(f"{strict.issuer}/accounts/login/")
    page.context.clear_cookies()
    type_in(page)
    heading(page, "This form is out of date")
    camera.take("error-csrf")
    page.goto(f"{strict.issuer}/accounts/login/")
    type_in(page)
    heading(page, "Hello, alice")
    page.goto(asked(strict.issuer, "notes", LOOPBACK))
    heading(page, "Allow Notes?")
    camera.take("consent-loopback")
    page.goto(f"{strict.issuer}/admin/")
    camera.take("error-403")
    with psycopg.connect(strict.database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE idp_session RENAME TO gone")
    page.goto(strict.issuer)
    camera.take("error-500")


def application(page: Page, camera: Camera, site: Site) -> None:
    """The browser application, without and with its backend, and signed in the browser's way."""
    page.context.route("**/bff/**", lambda route: route.fulfill(status=404))
    page.goto(site.url)
    expect_signed_out(page)
    camera.take("app-signed-out-alone")
    page.context.unroute("**/bff/**")
    page.goto(site.url)
    expect(button(page, BUTTONS["backend"])).to_be_visible()
    camera.take("app-signed-out")
    sign_in(page, site, "browser")
    camera.take("app-signed-in")
    page.goto(f"{site.url}/callback?code=c&state=s&iss={site.issuer}")
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("app-error")


def waiting(page: Page, camera: Camera, site: Site) -> None:
    """While the server is slow."""
    page.add_init_script("delete window.SharedWorker")  # Playwright holds up pages only
    page.goto(site.url)
    expect_signed_out(page)
    button(page, BUTTONS["browser"]).click()
    page.locator('input[name="login"]').fill("alice")
    page.locator(PASSWORD).fill("alicepass")
    with held_up(page, f"{site.issuer}/graphql"):
        with held_up(page, f"{site.issuer}/o/token/"):
            page.locator(PASSWORD).press("Enter")
            signing_in = page.get_by_role("heading", level=1, name="Signing you in…")
            expect(signing_in.or_(button(page, "Allow"))).to_be_visible()
            if button(page, "Allow").is_visible():
                button(page, "Allow").click()
            expect(signing_in).to_be_visible()
            camera.take("app-signing-in")
        heading(page, "Looking you up…")
        camera.take("app-looking-up")
    expect_signed_in(page)


@contextmanager
def held_up(page: Page, url: str) -> Iterator[None]:
    """Let no request to `url` leave before this ends."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(url, hold)
    yield
    for route in waiting:
        route.continue_()
    page.unroute(url)


def application_offline(page: Page, camera: Camera, site: Site) -> None:
    """Without a way to the server, signed out."""
    page.add_init_script("delete window.SharedWorker")
    page.goto(site.url)
    expect_signed_out(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Signing in needs a way to the server.")).to_be_visible()
    camera.take("app-offline-signed-out")
    button(page, BUTTONS["browser"]).click()
    heading(page, "You are offline")
    camera.take("app-offline")
    page.context.set_offline(False)
    expect_signed_out(page)
    page.context.route(f"{site.issuer}/**", lambda route: route.abort("connectionrefused"))
    page.reload()
    button(page, BUTTONS["browser"]).click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("app-server-away")


def backend(page: Page, camera: Camera, site: Site) -> None:
    """Signed in through the backend, and then without a way to it."""
    sign_in(page, site, "backend")
    camera.take("app-signed-in-backend")
    page.context.set_offline(True)
    expect(page.get_by_text("What you see may be from before")).to_be_visible()
    button(page, "Renew now").click()
    expect(page.get_by_text("The sign-in server doesn’t answer.")).to_be_visible()
    camera.take("app-offline-signed-in")


def make_small(folder: Path) -> None:
    """Reduce the pictures' colours, if there is something to do it with."""
    if pngquant := shutil.which("pngquant"):
        options = ["--force", "--ext=.png", "--skip-if-larger", "--nofs", "--strip", "--speed=1", "64"]
        for file in sorted(folder.glob("*.png")):
            subprocess.run([pngquant, *options, file], stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens")
