"""The whole sign-in, as a person sees it, in the browser's way and in the backend's."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import (
    BUTTONS,
    WAYS,
    Way,
    button,
    expect_signed_in,
    expect_signed_out,
    renew,
    sign_in,
    type_password,
)
from tests.stack.site import Site

pytestmark = [pytest.mark.full, pytest.mark.parametrize("way", WAYS)]


def test_a_person_signs_in_sees_who_they_are_and_signs_out(page: Page, site: Site, way: Way) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, site, way)
    expect(page.get_by_role("heading", level=3, name="user")).to_be_visible()
    token = page.get_by_role("region", name="Your access token")
    expect(token.get_by_text("active")).to_be_visible()
    expect(token.get_by_text(site.issuer, exact=True).first).to_be_visible()
    expect(token.locator(".clock")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    button(page, "Sign out").click()
    expect(page.get_by_text("You are signed out.").first).to_be_visible()
    expect_signed_out(page)
    button(page, BUTTONS[way]).click()
    expect(page.locator('input[name="password"]')).to_be_visible()
    assert not [text for text in said if "Content Security Policy" in text]


def test_a_token_is_renewed_on_demand(page: Page, site: Site, way: Way) -> None:
    sign_in(page, site, way)
    page.wait_for_timeout(2100)
    expect(page.locator(".clock")).to_have_text(re.compile(r"^9:5\d$"))
    renew(page)
    expect(page.locator(".clock")).to_have_text(re.compile(r"^(10:00|9:59)$"))


def test_tabs_sign_in_and_out_together(page: Page, site: Site, way: Way) -> None:
    other = page.context.new_page()
    other.goto(site.url)
    expect_signed_out(other)
    sign_in(page, site, way)
    other.reload()
    expect_signed_in(other)
    button(other, "Sign out").click()
    expect_signed_out(page)
    expect(page.get_by_text("You are signed out.").first).to_be_visible()


def test_a_reload_keeps_one_signed_in_without_a_form(page: Page, site: Site, way: Way) -> None:
    sign_in(page, site, way)
    for _ in range(2):
        page.reload()
        expect_signed_in(page)
    assert page.url == f"{site.url}/"


def test_the_password_is_asked_once_for_both_ways(page: Page, site: Site, way: Way) -> None:
    sign_in(page, site, way)
    page.evaluate("localStorage.clear()")
    page.context.clear_cookies(name="gatehouse_bff_session")
    page.goto("about:blank")
    page.goto(site.url)
    expect_signed_out(page)
    second = WAYS[1 - WAYS.index(way)]
    button(page, BUTTONS[second]).click()
    allow = button(page, "Allow")
    expect(allow.or_(button(page, "Sign out"))).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect_signed_in(page)


def test_saying_no_is_answered_with_what_to_do(page: Page, site: Site, way: Way) -> None:
    page.goto(site.url)
    callback = "/callback" if way == "browser" else "/bff/callback"
    with page.expect_request(f"{site.issuer}/o/authorize/**") as asked:
        button(page, BUTTONS[way]).click()
    state = re.search(r"[?&]state=([^&]+)", asked.value.url)
    assert state
    page.locator('input[name="password"]').wait_for()
    page.goto(f"{site.url}{callback}?error=access_denied&state={state[1]}&iss={site.issuer}")
    expect(page.get_by_role("alert")).to_contain_text("You said no")
    assert page.url == f"{site.url}/"
    button(page, "Start again").click()
    expect_signed_out(page)


def test_everything_works_by_keyboard(page: Page, site: Site, way: Way) -> None:
    page.goto(site.url)
    expect_signed_out(page)
    tab_to(page, button(page, BUTTONS[way]))
    outline = button(page, BUTTONS[way]).evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    type_password(page)
    expect_signed_in(page)
    tab_to(page, button(page, "Renew now"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("A new token is here.")).to_be_visible()
    tab_to(page, button(page, "Sign out"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect_signed_out(page)


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press the key until the target has the focus; fail when it doesn't get it within a few steps."""
    for _ in range(10):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    expect(target).to_be_focused()
