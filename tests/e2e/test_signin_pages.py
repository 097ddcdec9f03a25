"""The server's own pages in a browser: reachable by everybody, in each state, with and without a mouse or scripts."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import button
from tests.factories import pkce
from tests.stack.gatehouse import Gatehouse

Check = Callable[[Page], None]
REDIRECT_URI = "http://localhost:9/callback"
PASSWORD = 'input[name="password"]'


class Server(NamedTuple):
    """A deployment with alice, and with Orders, whom nobody trusts yet."""

    gatehouse: Gatehouse

    @property
    def url(self) -> str:
        """Where it is."""
        return self.gatehouse.issuer

    def asked(self, **changes: str) -> str:
        """Where Orders sends the browser."""
        query = {
            "response_type": "code",
            "client_id": "orders",
            "redirect_uri": REDIRECT_URI,
            "scope": "openid profile email",
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": pkce().challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.url}/o/authorize/?{urlencode(query | changes)}"


@pytest.fixture(scope="module")
def server(start_gatehouse: Callable[..., Gatehouse]) -> Iterator[Server]:
    with start_gatehouse(settings={"DEBUG": "true"}) as gatehouse:
        gatehouse.manage("seed_demo_users")
        scopes = [f"--scope={scope}" for scope in ("openid", "profile", "email")]
        gatehouse.manage(
            "create_oauth_app", "--client-id=orders", "--name=Orders", f"--redirect-uri={REDIRECT_URI}", *scopes
        )
        who = ("--client-id=cinema", "--name=Cinema", f"--redirect-uri={REDIRECT_URI}", "--accent=#8a1c7c", *scopes)
        gatehouse.manage("create_oauth_app", *who)
        yield Server(gatehouse)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about, such as a script or style that the policy forbids."""
    found: list[str] = []
    page.on(
        "console", lambda message: found.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def heading(page: Page, words: str) -> None:
    """Wait for a page by its heading, and for its title to say the same."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def sign_in(page: Page, password: str = "alicepass") -> None:
    page.get_by_label("Username or e-mail").fill("alice")
    page.locator(PASSWORD).fill(password)
    button(page, "Sign in").click()


def test_each_state_of_signing_in(page: Page, server: Server, assert_good: Check, complaints: list[str]) -> None:
    page.goto(server.asked(login_hint="alice"))
    heading(page, "Sign in")
    expect(page.get_by_text("Orders wants to know who you are.")).to_be_visible()
    expect(page.get_by_label("Username or e-mail")).to_have_value("alice")
    assert_good(page)
    page.get_by_text("What it asks for").click()
    expect(page.get_by_text("See your e-mail address")).to_be_visible()
    assert_good(page)
    button(page, "Sign in").click()
    expect(page.locator(PASSWORD)).to_have_accessible_description("Type your password.")
    assert_good(page)
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_have_text(
        "This name and password do not go together. Check both and try again."
    )
    assert_good(page)
    sign_in(page)
    heading(page, "Allow Orders?")
    assert_good(page)
    page.goto(server.asked(prompt="select_account"))
    heading(page, "Choose an account")
    assert_good(page)
    page.goto(server.asked(prompt="login"))
    heading(page, "Confirm that it is you")
    assert_good(page)
    page.locator(PASSWORD).fill("wrong")
    button(page, "Continue").click()
    expect(page.locator(PASSWORD)).to_have_accessible_description("This password is not right.")
    assert_good(page)
    button(page, "Use another account").click()
    heading(page, "Sign in")
    expect(page.get_by_text("Orders wants to know who you are.")).to_be_visible()
    sign_in(page)
    heading(page, "Allow Orders?")
    assert complaints == []


@pytest.mark.full
def test_a_client_with_a_colour_has_it(page: Page, server: Server, assert_good: Check, complaints: list[str]) -> None:
    page.goto(server.asked(client_id="cinema"))
    expect(button(page, "Sign in")).to_have_css("background-color", "rgb(138, 28, 124)")
    assert_good(page)
    sign_in(page)
    heading(page, "Allow Cinema?")
    expect(button(page, "Allow")).not_to_have_css("background-color", "rgb(52, 84, 209)")
    assert_good(page)
    assert complaints == []


def test_each_page_around_it(page: Page, server: Server, assert_good: Check, complaints: list[str]) -> None:
    page.goto(server.url)
    heading(page, "You are not signed in")
    assert_good(page)
    page.goto(f"{server.url}/accounts/password/reset/")
    heading(page, "Reset your password")
    button(page, "Send the link").click()
    expect(page.get_by_role("textbox")).to_have_accessible_description(
        "Type an e-mail address, such as name@example.com."
    )
    assert_good(page)
    page.get_by_role("textbox").fill("alice@example.com")
    button(page, "Send the link").click()
    heading(page, "Look into your mail")
    assert_good(page)
    page.goto(f"{server.url}/accounts/password/reset/key/1-gone/")
    heading(page, "This link no longer works")
    assert_good(page)
    page.goto(f"{server.url}/accounts/login/")
    sign_in(page)
    heading(page, "Hello, alice")
    assert_good(page)
    page.get_by_role("link", name="Sign out").click()
    heading(page, "Sign out?")
    assert_good(page)
    page.goto(f"{server.url}/o/logout/?client_id=orders")
    expect(page.get_by_text("Orders asks to sign you out.")).to_be_visible()
    assert_good(page)
    button(page, "Sign out").click()
    heading(page, "You are signed out")
    assert_good(page)
    page.goto(f"{server.url}/o/authorize/?client_id=unknown")
    heading(page, "This did not work")
    assert_good(page)
    assert complaints == []


def test_too_many_attempts_and_a_form_out_of_date(page: Page, server: Server, assert_good: Check) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/somewhere/")
    page.context.clear_cookies()
    sign_in(page)
    heading(page, "This form is out of date")
    assert_good(page)
    page.get_by_role("link", name="Load the page again").click()
    heading(page, "Sign in")
    for _ in range(5):
        page.get_by_label("Username or e-mail").fill("somebody")
        page.locator(PASSWORD).fill("wrong")
        button(page, "Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
    page.locator(PASSWORD).fill("wrong")
    button(page, "Sign in").click()
    heading(page, "Too many attempts")
    assert_good(page)
    page.get_by_role("link", name="Back").click()
    assert page.url == f"{server.url}/accounts/login/?next=/somewhere/"


def test_by_keyboard_alone(page: Page, server: Server) -> None:
    page.goto(server.asked())
    expect(page.get_by_label("Username or e-mail")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    expect(page.locator(PASSWORD)).to_be_focused()
    outline = page.locator(PASSWORD).evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.type("alicepass")
    page.keyboard.press("Tab")
    expect(button(page, "Show password")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(PASSWORD)).to_have_attribute("type", "text")
    page.keyboard.press("Tab")
    expect(button(page, "Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    heading(page, "Allow Orders?")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(button(page, "Allow")).to_be_focused()
    page.keyboard.press("Tab")
    expect(button(page, "Deny")).to_be_focused()
    with page.expect_request(f"{REDIRECT_URI}**") as answer:
        page.keyboard.press("Enter")
    assert "error=access_denied" in answer.value.url


def test_without_scripts(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.asked())
    expect(page.get_by_text("Show password")).to_have_count(0)
    sign_in(page)
    heading(page, "Allow Orders?")
    context.close()
