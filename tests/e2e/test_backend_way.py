"""Tokens behind the backend: whatever a script of the page can reach, there is none."""

from playwright.sync_api import Page, expect

from tests.e2e.pages import (
    BUTTONS,
    button,
    expect_signed_in,
    expect_signed_out,
    places_of,
    renew,
    sign_in,
    type_password,
)
from tests.stack.site import Bff, Site


def test_T61_no_token_is_in_window_storage_or_any_answer(page: Page, site: Site) -> None:
    begun, asked = len(site.front.exchanges), len(site.recorder.exchanges)
    sign_in(page, site, "backend")
    renew(page)
    tokens = site.recorder.tokens()
    assert len(tokens) >= 4
    assert places_of(page, tokens) == []

    button(page, "Sign out").click()
    expect_signed_out(page)
    assert places_of(page, tokens) == []

    answers = site.front.exchanges[begun:]
    assert {"/", "/bff/session", "/bff/refresh", "/bff/graphql", "/bff/logout"} <= {answer.path for answer in answers}
    assert not [answer.path for answer in answers if any(token in answer.answer for token in tokens)]
    # a redirect's Location is the browser's business: scripts see neither it nor a cookie that is HttpOnly
    readable = [{**answer.answer_headers, "location": "", "set-cookie": ""} for answer in answers]
    assert not [headers for headers in readable if any(token in str(headers) for token in tokens)]
    cookies = [answer.answer_headers["set-cookie"] for answer in answers if "set-cookie" in answer.answer_headers]
    assert not [cookie for cookie in cookies if any(token in cookie for token in tokens)]
    # what the browser asked of the server itself had no token in the answer either
    by_browser = [exchange for exchange in site.recorder.exchanges[asked:] if "sec-fetch-mode" in exchange.headers]
    assert not [exchange.path for exchange in by_browser if any(token in exchange.answer for token in tokens)]


def test_T61_scripts_see_neither_cookie_nor_where_the_way_out_leads(page: Page, site: Site) -> None:
    sign_in(page, site, "backend")
    assert page.evaluate("document.cookie") == ""
    seen = page.evaluate(
        """async () => {
          const headers = { 'X-Gatehouse-BFF': '1', 'Content-Type': 'application/json' }
          const { location } = await (await fetch('/bff/logout', { method: 'POST', headers })).json()
          const answer = await fetch(location, { redirect: 'manual' })
          return [location, answer.type, answer.url, answer.status, [...answer.headers].length]
        }"""
    )
    assert seen == ["/bff/logout/continue", "opaqueredirect", f"{site.url}/bff/logout/continue", 0, 0]


def test_a_session_cookie_that_is_gone_signs_in_again_silently(page: Page, site: Site) -> None:
    sign_in(page, site, "backend")
    page.context.clear_cookies(name="gatehouse_bff_session")
    page.reload()
    expect(button(page, "Sign out")).to_be_visible()
    assert page.url == f"{site.url}/"


def test_it_works_when_the_server_is_another_site(page: Page, site: Site) -> None:
    """A Strict cookie isn't sent along a redirect that another site began; nobody may notice."""
    with Bff(site.other_port, site.folder / "other.log", site.other_site, site.issuer):
        page.goto(site.other_site)
        button(page, BUTTONS["backend"]).click()
        type_password(page)
        expect_signed_in(page)
        button(page, "Sign out").click()
        expect_signed_out(page)
        assert page.url == f"{site.other_site}/"
        assert not [cookie for cookie in page.context.cookies() if "bff" in cookie.get("name", "")]
