"""Passkeys, an authenticator app and recovery codes in a browser, each from adding it to signing in by it."""

import base64
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from idp.factors import totp
from tests.e2e.pages import button
from tests.factories import pkce
from tests.stack.gatehouse import Gatehouse

CALLBACK = "/callback"  # Bank's: nothing is there, but the browser arrives
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def server(start_gatehouse: Callable[..., Gatehouse]) -> Iterator[Gatehouse]:
    with start_gatehouse(settings={"DEBUG": "true"}) as gatehouse:
        gatehouse.manage("seed_demo_users")
        gatehouse.manage(
            "create_oauth_app",
            "--client-id=bank",
            "--name=Bank",
            f"--redirect-uri={gatehouse.issuer}{CALLBACK}",
            "--trusted",
        )
        yield gatehouse


def sign_in(page: Page, server: Gatehouse, username: str, password: str) -> None:
    page.goto(f"{server.issuer}/accounts/login/")
    page.locator('input[name="login"]').fill(username)
    page.locator('input[name="password"]').fill(password)
    page.locator('input[name="password"]').press("Enter")


def asked(server: Gatehouse, **changes: str) -> str:
    query = {
        "response_type": "code",
        "client_id": "bank",
        "redirect_uri": server.issuer + CALLBACK,
        "scope": "openid",
        "code_challenge": pkce().challenge,
        "code_challenge_method": "S256",
    }
    return f"{server.issuer}/o/authorize/?{urlencode(query | changes)}"


def answer(page: Page) -> dict[str, list[str]]:
    """Wait until the browser was sent back to Bank."""
    page.wait_for_url(re.compile(re.escape(CALLBACK)))
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.usefixtures("authenticator")
def test_T77_a_passkey_is_added_and_signs_in_alone_and_is_enough_for_a_bank(
    page: Page, server: Gatehouse, assert_accessible: Check
) -> None:
    sign_in(page, server, "alice", "alicepass")
    page.goto(asked(server, acr_values="phr"))
    expect(page.get_by_text("It needs a passkey, and your account has none yet.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Add one now").click()
    assert_accessible(page)
    page.get_by_role("link", name="Add a passkey").click()
    assert_accessible(page)
    page.get_by_label("What to call it").fill("Laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Laptop")).to_be_visible()
    page.get_by_role("link", name="Go on to Bank").click()
    assert "code" in answer(page)

    page.goto(f"{server.issuer}/accounts/logout/")
    button(page, "Sign out").click()
    # the browser offers it below the field for the name, where this device, which is always touched, takes it at once
    page.goto(asked(server))
    assert "code" in answer(page)


def test_T72_an_app_and_recovery_codes_from_setting_up_to_signing_in(
    page: Page, server: Gatehouse, assert_accessible: Check
) -> None:
    sign_in(page, server, "admin", "adminpass")
    page.get_by_role("link", name="How you sign in").click()
    button(page, "Set up an app").click()
    assert_accessible(page)
    secret = base64.b32decode((page.locator("code").text_content() or "").replace(" ", ""))
    page.get_by_label("The six digits that the app shows now").fill(totp.code(secret, totp.counter_now() - 1))
    page.keyboard.press("Enter")
    button(page, "Make recovery codes").click()
    assert_accessible(page)
    codes = page.get_by_role("listitem").all_text_contents()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    for code in (totp.code(secret, totp.counter_now()), codes[3]):
        page.goto(f"{server.issuer}/accounts/logout/")
        button(page, "Sign out").click()
        sign_in(page, server, "admin", "adminpass")
        assert_accessible(page)
        page.get_by_label("Code from your authenticator app").fill(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Hello, admin")).to_be_visible()
