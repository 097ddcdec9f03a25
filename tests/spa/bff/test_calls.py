"""Who may call the BFF, and what it passes on."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.stack.site import HEADERS, Site, Visitor

ME = {"query": "{ me { username } }"}
SENSITIVE = {"query": 'mutation { addEmail(address: "alice@else.example") { errors { code } } }'}
CALLS = ["/bff/graphql", "/bff/refresh", "/bff/logout"]
FOREIGN: list[dict[str, str]] = [
    {"X-Gatehouse-BFF": ""},
    {"X-Gatehouse-BFF": "0"},
    {"Origin": ""},
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
OTHER_PATHS = [
    "/bff/graphql/",
    "/bff/graphql/../o/userinfo/",
    "/bff/o/userinfo/",
    "/bff/http://evil.example/",
    "/graphql",
    "/o/userinfo/",
    "/api/userinfo/",
    "//evil.example/graphql",
]


def ours(site: Site) -> dict[str, str]:
    return {**HEADERS, "Origin": site.url}


@pytest.mark.parametrize("path", CALLS)
def test_T62_a_call_needs_our_header_and_our_origin(site: Site, alice: Visitor, path: str) -> None:
    for changes in FOREIGN:
        headers = {name: value for name, value in {**ours(site), **changes}.items() if value}
        refused = alice.post(site.url + path, json=ME, headers=headers)
        assert refused.status_code == 403, changes
    assert alice.get(f"{site.url}/bff/session").json()["authenticated"] is True


@pytest.mark.parametrize("path", CALLS)
def test_T62_a_call_of_our_own_page_is_answered(site: Site, alice: Visitor, path: str) -> None:
    answer = alice.post(site.url + path, json=ME, headers={**ours(site), "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [*CALLS, "/bff/session", "/bff/login", "/config.json", "/"])
def test_T62_no_other_origin_is_answered(site: Site, visitor: Visitor, path: str) -> None:
    asking = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    preflight = visitor.options(
        site.url + path, headers={**asking, "Access-Control-Request-Headers": "x-gatehouse-bff"}
    )
    plain = visitor.get(site.url + path, headers={"Origin": "http://evil.example"}, follow_redirects=False)
    for answer in (preflight, plain):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_T63_the_upstream_gets_the_token_and_nothing_of_the_browser(site: Site, alice: Visitor) -> None:
    seen = len(site.recorder.to("/graphql"))
    spoofed = {"X-Forwarded-For": "1.2.3.4", "X-Evil": "1", "Authorization": "Bearer mine", "Cookie-Like": "1"}
    answer = alice.post(f"{site.url}/bff/graphql", json=ME, headers={**ours(site), **spoofed})
    assert answer.json() == {"data": {"me": {"username": "alice"}}}
    (exchange,) = site.recorder.to("/graphql")[seen:]
    names = set(exchange.headers) - {"host", "connection", "accept-encoding", "user-agent", "content-length"}
    assert names == {"accept", "authorization", "content-type"}
    assert exchange.headers["authorization"].removeprefix("Bearer ") in site.recorder.tokens()


def test_T63_nothing_of_the_upstreams_headers_reaches_the_browser(site: Site, alice: Visitor) -> None:
    answer = alice.post(f"{site.url}/bff/graphql", json=ME, headers=ours(site))
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


def test_T63_there_is_no_other_way_through(site: Site, alice: Visitor) -> None:
    seen = len(site.recorder.exchanges)
    for path in OTHER_PATHS:
        for method in ("GET", "POST"):
            answer = alice.request(method, site.url + path, headers=ours(site), follow_redirects=False)
            assert answer.status_code in {404, 405}, path
    assert len(site.recorder.exchanges) == seen


@pytest.mark.parametrize("url", ["http://evil.example/graphql", "//evil.example"])
def test_T63_the_upstream_is_not_for_the_caller_to_choose(site: Site, alice: Visitor, url: str) -> None:
    seen = len(site.recorder.to("/graphql"))
    body = {**ME, "url": url, "upstream": url}
    answer = alice.post(f"{site.url}/bff/graphql", params={"url": url, "target": url}, json=body, headers=ours(site))
    assert answer.status_code in {200, 400}
    (exchange,) = site.recorder.to("/graphql")[seen:]
    assert exchange.path == "/graphql"


def test_a_large_or_foreign_body_is_not_forwarded(site: Site, alice: Visitor) -> None:
    seen = len(site.recorder.to("/graphql"))
    large = alice.post(f"{site.url}/bff/graphql", content=b" " * 65 * 1024, headers=ours(site))
    form = alice.post(
        f"{site.url}/bff/graphql", data={"query": "{ me }"}, headers={**ours(site), "Content-Type": "text/plain"}
    )
    assert (large.status_code, form.status_code) == (413, 415)
    assert len(site.recorder.to("/graphql")) == seen


def test_RFC9470_the_demand_of_a_fresher_sign_in_is_passed_on_and_ends_nothing(site: Site, alice: Visitor) -> None:
    with psycopg.connect(site.gatehouse.database_url, autocommit=True) as database:
        for table in ("idp_session", "oauth_ext_family"):
            database.execute(f"UPDATE {table} SET auth_time = auth_time - interval '10 minutes'")
    alice.post(f"{site.url}/bff/refresh", headers=ours(site))
    answer = alice.post(f"{site.url}/bff/graphql", json=SENSITIVE, headers=ours(site))
    assert answer.status_code == 401
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert answer.json()["errors"][0]["extensions"]["code"] == "INSUFFICIENT_USER_AUTHENTICATION"
    assert alice.get(f"{site.url}/bff/session").json()["authenticated"] is True


@pytest.mark.parametrize("path", ["/bff/graphql", "/bff/refresh"])
def test_nobody_is_signed_in_without_a_session(site: Site, visitor: Visitor, path: str) -> None:
    seen = len(site.recorder.exchanges)
    for cookie in ("", "made-up", "a" * 43):
        answer = visitor.post(
            site.url + path, json=ME, headers={**ours(site), "Cookie": f"gatehouse_bff_session={cookie}"}
        )
        assert answer.status_code == 401
    assert len(site.recorder.exchanges) == seen


def test_a_token_is_renewed_once_for_all_who_wait(site: Site, alice: Visitor) -> None:
    def call(_: int) -> httpx.Response:
        return httpx.post(f"{site.url}/bff/refresh", headers=ours(site), cookies=dict(alice.cookies), timeout=30)

    seen = len(site.recorder.to("/o/token/"))
    site.recorder.delays["/o/token/"] = 1.0
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(call, range(8)))
    finally:
        site.recorder.delays.clear()
    assert {answer.status_code for answer in answers} == {200}
    assert len(site.recorder.to("/o/token/")) == seen + 1
