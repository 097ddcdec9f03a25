"""The account page: what a person sees of their account, changes, and takes back, in both ways of signing in."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import (
    BUTTONS,
    Way,
    button,
    expect_signed_in,
    expect_signed_out,
    places_of,
    renew,
    sign_in,
    type_password,
)
from tests.stack.site import Site, Start

Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def site(start_gatehouse: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One whose mail is in a folder, and whose alice nobody else needs."""
    with Site(start_gatehouse, {"EMAIL_URL": f"filemail://{tmp_path_factory.mktemp('mail')}"}) as site:
        yield site


def open_section(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    heading = page.get_by_role("heading", level=1, name=name)
    expect(heading).to_be_visible()
    expect(heading).to_be_focused()


def mailed_code(site: Site) -> str:
    return str(re.findall(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mails(site), re.MULTILINE)[-1])


def mails(site: Site) -> str:
    """All that were sent, one after the other."""
    site.gatehouse.manage("work", "--once")
    folder = Path(site.gatehouse.environment["EMAIL_URL"].removeprefix("filemail://"))
    return "".join(file.read_text() for file in sorted(folder.iterdir()))


def test_a_session_in_another_browser_is_ended_from_here(page: Page, site: Site, browser: Browser) -> None:
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        sign_in(other, site, "browser")
        sign_in(page, site, "browser")
        open_section(page, "Where you are signed in")
        expect(page.get_by_text("this one")).to_be_visible()
        page.get_by_role("button", name=re.compile("End the sign-in")).first.click()
        expect(page.get_by_text("That sign-in has ended.")).to_be_visible()
        button(other, "Renew now").click()
        expect_signed_out(other)


def test_an_address_is_added_and_verified_and_a_token_made_and_revoked(page: Page, site: Site) -> None:
    sign_in(page, site, "backend")
    open_section(page, "Name and e-mail")
    page.get_by_label("Another address").fill("alice@elsewhere.example")
    button(page, "Add it").click()
    field = page.get_by_label("Code mailed to alice@elsewhere.example")
    expect(field).to_be_visible()
    field.fill(mailed_code(site))
    button(page, "Verify alice@elsewhere.example").click()
    expect(page.get_by_text("alice@elsewhere.example is yours.")).to_be_visible()

    open_section(page, "Personal access tokens")
    page.get_by_label("What to call it").fill("Backup")
    page.get_by_label("Until").fill((dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date().isoformat())
    page.get_by_label("See your roles").check()
    button(page, "Make the token").click()
    token = page.locator("code.secret").text_content() or ""
    assert token.startswith("gatehouse_pat.")
    button(page, "Revoke Backup").click()
    expect(page.get_by_text("The token is revoked.")).to_be_visible()
    assert places_of(page, {token}) == []


@pytest.mark.parametrize("way", ["browser", pytest.param("backend", marks=pytest.mark.full)])
def test_RFC9470_who_signed_in_long_ago_proves_it_and_comes_back_to_do_it_again(
    page: Page, site: Site, way: Way
) -> None:
    sign_in(page, site, way)
    with psycopg.connect(site.gatehouse.database_url, autocommit=True) as database:
        for table in ("idp_session", "oauth_ext_family"):
            database.execute(f"UPDATE {table} SET auth_time = auth_time - interval '10 minutes'")
    renew(page)
    open_section(page, "Name and e-mail")
    page.get_by_label("Another address").fill(f"alice@{way}.example")
    button(page, "Add it").click()
    expect(page.get_by_text("Prove first that it is you.")).to_be_visible()
    button(page, "Prove it is you").click()
    page.locator('input[name="password"]').fill("alicepass")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Now do it again")).to_be_visible()
    assert page.url == f"{site.url}/#profile"
    page.get_by_label("Another address").fill(f"alice@{way}.example")
    button(page, "Add it").click()
    expect(page.get_by_label(f"Code mailed to alice@{way}.example")).to_be_visible()


def test_what_was_allowed_is_taken_back(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    open_section(page, "What you allowed")
    expect(page.get_by_text("this application")).to_be_visible()
    page.get_by_role("button", name=re.compile("Take back and sign out")).click()
    expect_signed_out(page)


def test_every_section_is_accessible_and_fits(page: Page, site: Site, assert_accessible: Check) -> None:
    sign_in(page, site, "backend")
    for number, title in enumerate(page.get_by_role("navigation").get_by_role("link").all_text_contents()[1:]):
        open_section(page, title)
        expect(page.get_by_text("One moment…")).to_be_hidden()
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light" if number % 2 else "dark")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)


@pytest.mark.parametrize("way", [pytest.param("browser", marks=pytest.mark.full), "backend"])
def test_an_account_is_closed_and_kept_by_signing_in_again(
    page: Page, site: Site, way: Way, assert_accessible: Check
) -> None:
    sign_in(page, site, way)
    open_section(page, "Name and e-mail")
    page.get_by_text("Delete it…").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("bob")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not your username.")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("Type your username").fill("alice")
    button(page, "Delete my account").click()
    expect_signed_out(page)
    expect(page.get_by_role("main").get_by_text("Your account is closed")).to_be_visible()
    assert_accessible(page)

    button(page, BUTTONS[way]).click()
    type_password(page)
    expect_signed_in(page)
    assert "Your account will not be deleted" in mails(site)
