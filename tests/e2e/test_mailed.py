"""What begins or goes on in a mailbox: signing up, an invitation, a forgotten password; and the pages in German."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from idp.factors import totp
from tests.e2e.pages import button
from tests.screens.newcomers import INVITE, mailed, to_first_passkey
from tests.stack.gatehouse import Gatehouse

Check = Callable[[Page], None]
LONG = "a long one of mine"
PINK = "#b0005e"


@pytest.fixture(scope="module")
def server(start_gatehouse: Callable[..., Gatehouse], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gatehouse]:
    mailbox = tmp_path_factory.mktemp("mailbox")
    settings = {"DEBUG": "true", "SIGN_UP": "true", "EMAIL_URL": f"filemail://{mailbox}"}
    theme = {"THEME_NAME": "Acme", "THEME_ACCENT": PINK, "THEME_LOGO": "tests/screens/acme.svg"}
    with start_gatehouse(settings=settings | theme) as gatehouse:
        gatehouse.manage("seed_demo_users")
        yield gatehouse


@pytest.fixture(autouse=True)
def empty_mailbox(server: Gatehouse) -> None:
    for file in Path(server.environment["EMAIL_URL"].removeprefix("filemail://")).iterdir():
        file.unlink()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def sign_in(page: Page, server: Gatehouse, username: str, password: str) -> None:
    page.goto(f"{server.issuer}/accounts/login/")
    page.locator('input[name="login"]').fill(username)
    page.locator('input[name="password"]').fill(password)
    page.locator('input[name="password"]').press("Enter")


def test_an_account_is_made_by_the_code_from_the_mail(page: Page, server: Gatehouse, assert_good: Check) -> None:
    page.goto(f"{server.issuer}/accounts/login/")
    page.get_by_role("link", name="Create an account").click()
    heading(page, "Create an account")
    assert_good(page)
    button(page, "Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_good(page)
    page.locator('input[name="username"]').fill("carol")
    page.locator('input[name="email"]').fill("carol@example.com")
    page.locator('input[name="password1"]').fill(LONG)
    button(page, "Continue").click()
    heading(page, "Look into your mail")
    assert_good(page)
    page.locator('input[name="code"]').fill("BCDF-GHJK")
    button(page, "Create the account").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_good(page)
    page.locator('input[name="code"]').fill(mailed(server, r"^[B-Z]{4}-[B-Z]{4}$"))
    button(page, "Create the account").click()
    heading(page, "Hello, carol")
    assert_good(page)


@pytest.mark.full
@pytest.mark.usefixtures("authenticator")
def test_an_account_is_made_with_a_passkey_and_signed_in_to_by_it(
    page: Page, server: Gatehouse, assert_good: Check
) -> None:
    to_first_passkey(page, server)
    assert_good(page)
    button(page, "Make a passkey").click()
    heading(page, "Hello, erin")
    page.goto(f"{server.issuer}/accounts/logout/")
    button(page, "Sign out").click()
    # the browser offers it below the field for the name, where this device, which is always touched, takes it at once
    page.goto(f"{server.issuer}/accounts/login/")
    heading(page, "Hello, erin")


@pytest.mark.full
def test_without_scripts_an_account_has_a_password(browser: Browser, server: Gatehouse) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server.issuer}/accounts/signup/")
        expect(button(page, "Use a passkey instead")).to_be_hidden()
        page.locator('input[name="username"]').fill("frank")
        page.locator('input[name="email"]').fill("frank@example.com")
        page.locator('input[name="password1"]').fill(LONG)
        page.keyboard.press("Enter")
        heading(page, "Look into your mail")
        page.locator('input[name="code"]').fill(mailed(server, r"^[B-Z]{4}-[B-Z]{4}$"))
        page.keyboard.press("Enter")
        heading(page, "Hello, frank")


@pytest.mark.full
def test_an_invitation_is_accepted(page: Page, server: Gatehouse, assert_good: Check) -> None:
    server.manage("shell", "-c", INVITE)
    link = mailed(server, rf"{server.issuer}/accounts/invitation/\S+")
    page.goto(link)
    heading(page, "Create your account")
    assert_good(page)
    button(page, "Create the account").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_good(page)
    page.locator('input[name="username"]').fill("dora")
    page.locator('input[name="password1"]').fill(LONG)
    button(page, "Create the account").click()
    heading(page, "Sign in")
    assert_good(page)
    sign_in(page, server, "dora", LONG)
    heading(page, "Hello, dora")
    page.goto(link)
    heading(page, "This invitation no longer works")
    assert_good(page)


def test_a_reset_by_mail_leaves_the_second_factor_to_be_shown(
    page: Page, server: Gatehouse, assert_good: Check
) -> None:
    sign_in(page, server, "alice", "alicepass")
    page.get_by_role("link", name="How you sign in").click()
    heading(page, "How you sign in")
    assert_good(page)
    button(page, "Set up an app").click()
    heading(page, "Set up an authenticator app")
    assert_good(page)
    secret = base64.b32decode((page.locator("code").text_content() or "").replace(" ", ""))
    page.get_by_label("The six digits that the app shows now").fill(totp.code(secret, totp.counter_now() - 1))
    page.keyboard.press("Enter")
    button(page, "Make recovery codes").click()
    heading(page, "Your recovery codes")
    assert_good(page)
    page.get_by_role("link", name="I have kept them").click()
    heading(page, "How you sign in")
    assert_good(page)
    page.context.clear_cookies()

    page.goto(f"{server.issuer}/accounts/password/reset/")
    page.get_by_role("textbox").fill("alice@example.com")
    button(page, "Send the link").click()
    heading(page, "Look into your mail")
    page.goto(mailed(server, rf"{server.issuer}/accounts/password/reset/key/\S+"))
    heading(page, "Set a new password")
    assert_good(page)
    for name in ("password1", "password2"):
        page.locator(f'input[name="{name}"]').fill(LONG)
    button(page, "Set the password").click()
    heading(page, "Your password is set")
    page.goto(f"{server.issuer}/accounts/factors/")
    heading(page, "Sign in")

    sign_in(page, server, "alice", LONG)
    heading(page, "One more step")
    assert_good(page)
    page.goto(f"{server.issuer}/")
    heading(page, "You are not signed in")
    page.goto(f"{server.issuer}/accounts/second-factor/")
    page.get_by_label("Code from your authenticator app").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_good(page)
    page.get_by_label("Code from your authenticator app").fill(totp.code(secret, totp.counter_now()))
    page.keyboard.press("Enter")
    heading(page, "Hello, alice")


def test_the_pages_wear_the_theme(page: Page, server: Gatehouse, assert_good: Check) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.issuer}/accounts/login/")
    expect(page).to_have_title("Sign in · Acme")
    assert_good(page)
    page.emulate_media(color_scheme="light")
    colour = button(page, "Sign in").evaluate("element => getComputedStyle(element).backgroundColor")
    assert colour == "rgb(176, 0, 94)"
    assert page.locator("img.logo").evaluate("image => image.naturalWidth") > 0
    assert complaints == []


@pytest.mark.full
def test_the_main_pages_in_german(browser: Browser, server: Gatehouse, assert_good: Check) -> None:
    with browser.new_context(locale="de-DE") as context:
        page = context.new_page()
        for path in ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
            page.goto(server.issuer + path)
            expect(page.locator("html")).to_have_attribute("lang", "de")
            assert_good(page)
        sign_in(page, server, "admin", "adminpass")
        heading(page, "Guten Tag, admin")
        assert_good(page)
        for path in ("/accounts/factors/", "/accounts/password/change/", "/accounts/logout/"):
            page.goto(server.issuer + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert_good(page)
        page.goto(f"{server.issuer}/accounts/factors/")
        page.get_by_role("button", name=re.compile("App einrichten")).click()
        heading(page, "Authentifizierungs-App einrichten")
        assert_good(page)
