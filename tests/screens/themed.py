"""A deployment with a look of its own, a client that asks for more than before, and what people sign in with."""

import base64
from typing import Final

from playwright.sync_api import Page, expect

from idp.factors import totp
from tests.e2e.pages import button
from tests.screens.camera import Camera
from tests.screens.server import WEB, asked, heading, type_in
from tests.stack.gatehouse import Gatehouse

SETTINGS: Final = {"THEME_NAME": "Acme Account", "THEME_ACCENT": "#0a6b3d", "THEME_LOGO": "tests/screens/acme.svg"}


CINEMA: Final = "https://cinema.example/callback"


def prepare(server: Gatehouse) -> None:
    """A client with a colour of its own."""
    who = ("--client-id=cinema", "--name=Cinema", f"--redirect-uri={CINEMA}", "--accent=#8a1c7c")
    server.manage("create_oauth_app", *who)


def in_its_colour(page: Page, camera: Camera, server: Gatehouse) -> None:
    """The same way for a client with a colour of its own."""
    page.goto(asked(server.issuer, "cinema", CINEMA, scope="openid profile"))
    camera.take("client-signin")
    type_in(page)
    heading(page, "Allow Cinema?")
    camera.take("client-consent")


def themed(page: Page, camera: Camera, server: Gatehouse) -> None:
    """From signing in to a consent, and to one more."""
    page.goto(asked(server.issuer, "photos", WEB, scope="openid profile"))
    camera.take("themed-signin")
    type_in(page)
    heading(page, "Allow Photo Album?")
    camera.take("themed-consent")
    page.route(f"{WEB}**", lambda route: route.fulfill(body="arrived"))
    button(page, "Allow").click()
    expect(page.get_by_text("arrived")).to_be_visible()
    page.goto(asked(server.issuer, "photos", WEB))
    heading(page, "Allow Photo Album?")
    camera.take("consent-more")


def factors(page: Page, camera: Camera, server: Gatehouse) -> None:
    """Each page about what somebody signs in with."""
    page.goto(f"{server.issuer}/accounts/factors/")
    type_in(page)
    heading(page, "How you sign in")
    camera.take("factors-none")
    page.get_by_role("link", name="Add a passkey").click()
    camera.take("factors-passkey-add")
    page.goto(f"{server.issuer}/accounts/factors/")
    button(page, "Set up an app").click()
    camera.take("factors-app")
    secret = base64.b32decode((page.locator("code").text_content() or "").replace(" ", ""))
    code = page.get_by_label("The six digits that the app shows now")
    code.fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    camera.take("factors-app-wrong")
    code.fill(totp.code(secret, totp.counter_now() - 1))
    page.keyboard.press("Enter")
    button(page, "Make recovery codes").click()
    heading(page, "Your recovery codes")
    camera.take("factors-codes")
    page.get_by_role("link", name="I have kept them").click()
    camera.take("factors")
    page.context.clear_cookies()
    page.goto(f"{server.issuer}/accounts/login/")
    type_in(page)
    heading(page, "One more step")
    camera.take("second-factor")
