"""Tokens in the browser: in memory only, one family for all tabs, every answer checked before it counts."""

import json
from urllib.parse import parse_qs

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.pages import (
    button,
    expect_signed_in,
    expect_signed_out,
    places_of,
    renew,
    sign_in,
)
from tests.stack.recorder import Exchange
from tests.stack.site import Site

WITHOUT_WORKER = "delete window.SharedWorker"
CHANGED_NONCE = """
for (const key of Object.keys(sessionStorage).filter(key => key.startsWith('gatehouse.signin.'))) {
  if (location.pathname === '/callback')
    sessionStorage.setItem(key, JSON.stringify({...JSON.parse(sessionStorage.getItem(key)), nonce: 'another'}))
}
"""


def token_requests(site: Site, start: int, grant: str) -> list[dict[str, str]]:
    """The forms of this grant that the token endpoint took since `start` exchanges had passed.

    A proof that needs another nonce is sent again, and only then is the request looked at.
    """
    sent = [exchange for exchange in site.recorder.exchanges[start:] if exchange.path == "/o/token/"]
    forms = [form(exchange) for exchange in sent if "use_dpop_nonce" not in exchange.answer]
    return [values for values in forms if values.get("grant_type") == grant]


def form(exchange: Exchange) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(exchange.body).items()}


def test_T64_no_script_of_the_page_reaches_a_token(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    renew(page)
    tokens = site.recorder.tokens()
    assert len(tokens) >= 4
    assert places_of(page, tokens) == []
    page.evaluate("token => { window.planted = [{ deep: { token } }] }", next(iter(tokens)))
    assert places_of(page, tokens) == ["window.planted.0.deep.token"]


def test_T64_nothing_is_kept_where_it_would_outlive_the_browser(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    state = page.context.storage_state(indexed_db=True)
    assert not [token for token in site.recorder.tokens() if token in str(state)]
    assert page.evaluate("caches.keys()") == []


def test_T64_each_refresh_token_is_used_once(page: Page, site: Site) -> None:
    start = len(site.recorder.exchanges)
    sign_in(page, site, "browser")
    for _ in range(3):
        renew(page)
        expect(button(page, "Renew now")).to_be_enabled()
    used = [request["refresh_token"] for request in token_requests(site, start, "refresh_token")]
    assert len(used) == len(set(used)) == 3


def test_T64_two_tabs_renew_once(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    other = page.context.new_page()
    other.goto(site.url)
    expect_signed_in(other)
    start = len(site.recorder.exchanges)
    site.recorder.delays["/o/token/"] = 1.5
    try:
        button(page, "Renew now").click()
        button(other, "Renew now").click()
        for tab in (page, other):
            expect(tab.get_by_text("A new token is here.")).to_be_visible()
    finally:
        site.recorder.delays.clear()
    assert len(token_requests(site, start, "refresh_token")) == 1


def test_T64_tabs_share_one_family(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    start = len(site.recorder.exchanges)
    other = page.context.new_page()
    other.goto(site.url)
    expect_signed_in(other)
    assert token_requests(site, start, "authorization_code") == []


def test_T64_tokens_end_with_the_session_at_the_server(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    other = page.context.new_page()
    other.goto(f"{site.url}/bff/login")
    expect_signed_in(other)
    ended = other.evaluate(
        """async () => {
          const headers = { 'X-Gatehouse-BFF': '1', 'Content-Type': 'application/json' }
          const body = JSON.stringify({ query: 'mutation { logout { loggedOut } }' })
          return (await fetch('/bff/graphql', { method: 'POST', headers, body })).status
        }"""
    )
    assert ended == 200
    button(page, "Renew now").click()
    expect(page.get_by_text("Your session has ended. Sign in again to go on.").first).to_be_visible()


def test_each_tab_signs_in_silently_where_there_is_no_shared_worker(page: Page, site: Site) -> None:
    page.context.add_init_script(WITHOUT_WORKER)
    sign_in(page, site, "browser")
    assert places_of(page, site.recorder.tokens()) == []
    start = len(site.recorder.exchanges)
    other = page.context.new_page()
    other.goto(site.url)
    expect_signed_in(other)
    assert len(token_requests(site, start, "authorization_code")) == 1
    assert [other.frames, page.frames] == [[other.main_frame], [page.main_frame]]
    button(other, "Sign out").click()
    expect_signed_out(other)
    expect_signed_out(page)


def test_nobody_is_asked_twice_when_the_session_is_gone(page: Page, site: Site) -> None:
    page.context.add_init_script(WITHOUT_WORKER)
    sign_in(page, site, "browser")
    page.context.clear_cookies()
    page.reload()
    expect_signed_out(page)
    start = len(site.recorder.exchanges)
    page.reload()
    expect_signed_out(page)
    assert [exchange.path for exchange in site.recorder.exchanges[start:] if "authorize" in exchange.path] == []


def test_T66_a_code_is_redeemed_once_and_leaves_no_trace(page: Page, site: Site) -> None:
    start = len(site.recorder.exchanges)
    sign_in(page, site, "browser")
    assert len(token_requests(site, start, "authorization_code")) == 1
    assert page.url == f"{site.url}/"
    devtools = page.context.new_cdp_session(page)
    history = devtools.send("Page.getNavigationHistory")["entries"]
    assert not [
        entry["url"] for entry in history if "code=" in entry["url"] or "state=" in entry["url"].split("?id=")[0]
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("code=stolen&state=made-up&iss={issuer}", "isn’t one we started here"),
        ("code=stolen&iss={issuer}", "isn’t one we started here"),
        ("code=stolen", "isn’t one we started here"),
    ],
)
def test_T66_an_answer_nobody_asked_for_is_refused(page: Page, site: Site, query: str, words: str) -> None:
    start = len(site.recorder.exchanges)
    page.goto(f"{site.url}/callback?{query.format(issuer=site.issuer)}")
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert page.url == f"{site.url}/"
    assert token_requests(site, start, "authorization_code") == []


@pytest.mark.parametrize("iss", ["http://evil.example", ""])
@pytest.mark.parametrize("answer", ["code=stolen", "error=access_denied"])
def test_T66_an_answer_of_another_server_is_refused(page: Page, site: Site, iss: str, answer: str) -> None:
    page.goto(site.url)
    with page.expect_request(f"{site.issuer}/o/authorize/**") as asked:
        button(page, "Sign in").click()
    state = parse_qs(asked.value.url.partition("?")[2])["state"][0]
    page.locator('input[name="password"]').wait_for()
    start = len(site.recorder.exchanges)
    page.goto(f"{site.url}/callback?{answer}&state={state}&iss={iss}")
    expect(page.get_by_role("alert")).to_contain_text("The answer came from somewhere else")
    assert token_requests(site, start, "authorization_code") == []


def test_T66_an_id_token_with_another_nonce_is_refused(page: Page, site: Site) -> None:
    page.add_init_script(CHANGED_NONCE)
    page.goto(site.url)
    button(page, "Sign in").click()
    page.locator('input[name="login"]').fill("alice")
    page.locator('input[name="password"]').fill("alicepass")
    page.locator('input[name="password"]').press("Enter")
    allow = button(page, "Allow")
    expect(allow.or_(page.get_by_role("alert"))).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect(page.get_by_role("alert")).to_contain_text("The answer didn’t check out")
    page.reload()
    expect_signed_out(page)


def test_a_lost_answer_of_the_token_endpoint_signs_nobody_out(page: Page, site: Site) -> None:
    page.context.add_init_script(WITHOUT_WORKER)  # Playwright comes between pages and the network, not workers
    sign_in(page, site, "browser")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.post_data or "")
        route.fetch()
        route.abort("connectionreset")

    page.context.route(f"{site.issuer}/o/token/", lose)
    renew(page)
    assert len(lost) == 1
    renew(page)


def test_T33_what_a_thief_of_the_wire_has_is_nothing_without_the_key(page: Page, site: Site) -> None:
    start = len(site.recorder.exchanges)
    sign_in(page, site, "browser")
    renew(page)
    passed = site.recorder.exchanges[start:]
    good = [exchange for exchange in passed if exchange.path == "/o/token/" and exchange.status == httpx.codes.OK]
    told = [json.loads(exchange.answer) for exchange in good if exchange.method == "POST"]
    assert {answer["token_type"] for answer in told} == {"DPoP"}
    calls = [exchange for exchange in passed if exchange.path == "/graphql" and exchange.method == "POST"]
    assert calls
    assert all(call.headers["authorization"].startswith("DPoP ") and call.headers["dpop"] for call in calls)

    stolen = told[-1]
    call = {"query": "{ me { username } }"}
    for headers in (
        {"Authorization": f"Bearer {stolen['access_token']}"},
        {"Authorization": f"DPoP {stolen['access_token']}"},
        {"Authorization": f"DPoP {stolen['access_token']}", "DPoP": calls[-1].headers["dpop"]},
    ):
        assert httpx.post(f"{site.recorder.url}/graphql", json=call, headers=headers).status_code == 401
    form = {"grant_type": "refresh_token", "client_id": "spa", "refresh_token": stolen["refresh_token"]}
    assert httpx.post(f"{site.recorder.url}/o/token/", data=form).status_code == 400
    renew(page)  # and the family has not ended by that


def test_T33_the_key_is_in_no_storage_and_in_no_page(page: Page, site: Site) -> None:
    sign_in(page, site, "browser")
    assert page.evaluate("indexedDB.databases()") == []
    assert places_of(page, site.recorder.tokens()) == []
