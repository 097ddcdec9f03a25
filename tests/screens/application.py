"""The browser application's states."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.e2e.pages import BUTTONS, button, expect_signed_in, expect_signed_out, sign_in
from tests.screens.camera import Camera
from tests.screens.server import PASSWORD, heading
from tests.stack.site import Site


def online(page: Page, camera: Camera, site: Site) -> None:
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


def account(page: Page, camera: Camera, site: Site) -> None:
    """The sections of the account, and what is said where something needs a fresher sign-in."""
    sign_in(page, site, "browser")
    links = page.get_by_role("navigation").get_by_role("link")
    for link in links.all()[1:]:
        name = str(link.get_attribute("href")).lstrip("#")
        link.click()
        expect(page.get_by_text("One moment…")).to_be_hidden()
        page.mouse.move(0, 0)
        camera.take(f"app-account-{name}")


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


def offline(page: Page, camera: Camera, site: Site) -> None:
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
