"""Pages that somebody must want: making an account, connecting a device, a client that nobody checked."""

import re
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.pages import button
from tests.screens.camera import Camera
from tests.screens.server import SCOPES, WEB, asked, heading, type_in
from tests.stack.gatehouse import Gatehouse

INVITE = """
from idp.models import Role
from idp.users import invitations
invitations.invite("dora@example.com", Role.objects.get(name="user"), None)
"""
SETTINGS = {"SIGN_UP": "true", "DYNAMIC_REGISTRATION": "open"}


def prepare(server: Gatehouse) -> None:
    """A television, and a client that is answered by a form."""
    server.manage("seed_demo_users", "--force")
    tv = ("--client-id=tv", "--name=Living-room TV", "--grant=device_code", "--grant=refresh_token")
    server.manage("create_oauth_app", *tv, *(f"--scope={scope}" for scope in SCOPES))
    shop = ("--client-id=shop", "--name=Shop", f"--redirect-uri={WEB}", "--response-mode=form_post", "--trusted")
    server.manage("create_oauth_app", *shop)


def mailed(server: Gatehouse, pattern: str) -> str:
    """What stands in a mail, once it is sent."""
    for _ in range(2):  # the message, and then its mail
        server.manage("work", "--once")
    folder = Path(server.environment["EMAIL_URL"].removeprefix("filemail://"))
    files = list(folder.iterdir())
    found = re.search(pattern, "\n".join(file.read_text() for file in files), re.MULTILINE)
    assert found
    for file in files:  # the next is another's
        file.unlink()
    return found[0]


def signing_up(page: Page, camera: Camera, server: Gatehouse) -> None:
    """A new account, for a client that registered itself."""
    wanted = {"client_name": "Photo Album", "redirect_uris": [WEB], "token_endpoint_auth_method": "none"}
    registered = httpx.post(f"{server.issuer}/o/register/", json=wanted).json()
    page.goto(asked(server.issuer, registered["client_id"], WEB, prompt="none"))
    heading(page, "This did not work")
    camera.take("refused-unchecked")
    page.goto(asked(server.issuer, registered["client_id"], WEB, prompt="create"))
    heading(page, "Create an account")
    camera.take("signup")
    button(page, "Continue").click()
    camera.take("signup-empty")
    page.locator('input[name="username"]').fill("alice")
    page.locator('input[name="email"]').fill("carol@example.com")
    page.locator('input[name="password1"]').fill("short")
    button(page, "Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    camera.take("signup-wrong")
    page.locator('input[name="username"]').fill("carol")
    page.locator('input[name="password1"]').fill("a long one of mine")
    button(page, "Continue").click()
    heading(page, "Look into your mail")
    camera.take("verify-email")
    page.locator('input[name="code"]').fill("BCDF-GHJK")
    button(page, "Create the account").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    camera.take("verify-email-wrong")
    page.locator('input[name="code"]').fill(mailed(server, r"^[B-Z]{4}-[B-Z]{4}$"))
    button(page, "Create the account").click()
    heading(page, "Allow Photo Album?")
    camera.take("consent-unchecked")


def to_first_passkey(page: Page, server: Gatehouse) -> None:
    """Sign up as erin without a password, as far as the passkey."""
    page.goto(f"{server.issuer}/accounts/signup/")
    page.locator('input[name="username"]').fill("erin")
    page.locator('input[name="email"]').fill("erin@example.com")
    button(page, "Use a passkey instead").click()
    heading(page, "Look into your mail")
    page.locator('input[name="code"]').fill(mailed(server, r"^[B-Z]{4}-[B-Z]{4}$"))
    button(page, "Continue").click()
    heading(page, "Make your passkey")


def with_a_passkey(page: Page, camera: Camera, server: Gatehouse) -> None:
    """A new account without a password, to where the device would be asked."""
    to_first_passkey(page, server)
    camera.take("signup-passkey")


def invited(page: Page, camera: Camera, server: Gatehouse) -> None:
    """Who was mailed the link of an invitation."""
    server.manage("shell", "-c", INVITE)
    link = mailed(server, rf"{server.issuer}/accounts/invitation/\S+")
    page.goto(link)
    heading(page, "Create your account")
    camera.take("invitation")
    button(page, "Create the account").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    camera.take("invitation-wrong")
    page.locator('input[name="username"]').fill("dora")
    page.locator('input[name="password1"]').fill("a long one of mine")
    button(page, "Create the account").click()
    heading(page, "Sign in")
    camera.take("invitation-accepted")
    type_in(page, "dora", "a long one of mine")
    heading(page, "Hello, dora")
    page.goto(link)
    heading(page, "This invitation no longer works")
    camera.take("invitation-over")


def changing_password(page: Page, camera: Camera, server: Gatehouse) -> None:
    """Another password, from where password managers begin."""
    page.goto(f"{server.issuer}/.well-known/change-password")
    type_in(page)
    heading(page, "Change your password")
    camera.take("password-change")
    page.locator('input[name="current"]').fill("wrong")
    page.locator('input[name="password1"]').fill("a long one of mine")
    button(page, "Change the password").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    camera.take("password-change-wrong")
    page.locator('input[name="current"]').fill("alicepass")
    page.locator('input[name="password1"]').fill("a long one of mine")
    button(page, "Change the password").click()
    heading(page, "Your password is changed")
    camera.take("password-changed")


def connecting(page: Page, camera: Camera, server: Gatehouse) -> None:
    """A device's code, typed on a telephone."""
    codes = httpx.post(f"{server.issuer}/o/device-authorization/", data={"client_id": "tv", "scope": "openid profile"})
    page.goto(f"{server.issuer}/o/device/")
    type_in(page)
    heading(page, "Connect a device")
    camera.take("device")
    page.get_by_label("Code").fill("WDJB-MJHT")
    button(page, "Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("device-wrong")
    page.get_by_label("Code").fill(codes.json()["user_code"])
    button(page, "Continue").click()
    heading(page, "Connect Living-room TV?")
    camera.take("device-confirm")
    button(page, "Allow").click()
    heading(page, "Your device is connected")
    camera.take("device-done")


def posting(page: Page, camera: Camera, server: Gatehouse) -> None:
    """An answer that waits for a button, where there are no scripts."""
    page.goto(asked(server.issuer, "shop", WEB, response_mode="form_post"))
    type_in(page)
    heading(page, "Back to Shop")
    camera.take("form-post")
