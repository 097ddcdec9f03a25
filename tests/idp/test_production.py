"""What a production deployment tells browsers: the real thing behind a proxy, over HTTP."""

import base64
import json
import re
import secrets
from collections.abc import Iterator

import httpx
import pytest

from tests.stack.fixtures import StartGatehouse
from tests.stack.gatehouse import Gatehouse

HOST = "id.example.org"
PAGES = ["/accounts/login/", "/accounts/password/reset/", "/admin/login/?next=/admin/", "/nowhere"]


@pytest.fixture(scope="module")
def production(start_gatehouse: StartGatehouse) -> Iterator[Gatehouse]:
    gatehouse = start_gatehouse(
        settings={
            "ISSUER_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "TRUSTED_PROXIES": "1",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
    )
    yield gatehouse
    gatehouse.stop()


@pytest.fixture
def browser(production: Gatehouse) -> Iterator[httpx.Client]:
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    with httpx.Client(base_url=production.urls[0].replace("localhost", "127.0.0.1"), headers=headers) as client:
        yield client


@pytest.mark.parametrize("page", PAGES)
def test_T18_no_page_may_be_framed(browser, page):
    answer = browser.get(page)
    assert answer.status_code < 500
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_T20_no_page_says_where_it_was_or_loads_from_elsewhere(browser, page):
    answer = browser.get(page)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    # a redirect shows nothing: no form, and no address that a base could change
    assert answer.is_redirect or (policy["base-uri"], policy["form-action"]) == ("'none'", "'self'")
    for directive, sources in policy.items():
        allowed = {"'self'", "'none'", "data:"} if directive == "img-src" else {"'self'", "'none'"}
        assert {source for source in sources.split() if not source.startswith("'nonce-")} <= allowed, directive
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_T60_cookies_are_pinned_to_this_host_and_to_https(browser, production):
    production.manage("seed_demo_users", "--force")
    form = browser.get("/accounts/login/")
    token = form.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    csrf = form.headers["Set-Cookie"].strip().split(";")[0]
    answer = browser.post(
        "/accounts/login/",
        data={"csrfmiddlewaretoken": token, "login": "alice", "password": "alicepass"},
        headers={"Origin": f"https://{HOST}", "Cookie": csrf},
    )
    cookies = {cookie.strip().split("=")[0]: cookie for cookie in answer.headers.get_list("Set-Cookie")}
    assert answer.status_code in {302, 303}
    assert set(cookies) == {"__Host-gatehouse_session", "__Host-gatehouse_csrf", "__Host-gatehouse_device"}
    for cookie in cookies.values():
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(attribute.startswith("domain") for attribute in attributes)


def test_https_is_remembered(browser):
    assert browser.get("/accounts/login/").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_plain_http_is_sent_to_https_of_the_issuer_whatever_the_host(browser):
    answer = browser.get("/accounts/login/?next=/x", headers={"X-Forwarded-Proto": "http"})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/accounts/login/?next=/x")


def test_what_a_client_wrote_before_our_proxy_is_not_believed(browser):
    answer = browser.get("/accounts/login/", headers={"X-Forwarded-Proto": "https, http"})
    assert answer.status_code == 301


def test_a_foreign_host_is_refused(browser):
    answer = browser.get("/accounts/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_the_demonstration_users_are_refused(production):
    with pytest.raises(Exception, match="exit status 1") as refused:
        production.manage("seed_demo_users")
    assert "--force" in "".join(refused.value.__notes__)


def test_readyz_works_behind_the_proxy_and_without_it(production):
    plain = httpx.get(f"{production.urls[0]}/readyz".replace("localhost", "127.0.0.1"), headers={"Host": "localhost"})
    assert (plain.status_code, plain.json()) == (200, {"status": "ok"})


def test_the_log_is_json_and_holds_no_path_and_no_query(browser, production):
    browser.get("/accounts/password/reset/key/1-secretkey/?token=secretquery")
    log = production.servers[0].log.read_text()
    line = json.loads(log.splitlines()[-1])
    assert (line["event"], line["status"]) == ("request", 200)
    assert "password/reset/key" in line["route"]
    assert "secretkey" not in log
    assert "secretquery" not in log


def test_style_and_script_are_served_without_a_step_before_the_start(browser):
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/accounts/login/").text)
    assert links
    for link in links:
        assert browser.get(link).status_code == 200


def test_djangos_own_checks_of_a_deployment_find_nothing(production):
    assert production.manage("check", "--deploy", "--fail-level", "WARNING").startswith(
        "System check identified no issues"
    )
