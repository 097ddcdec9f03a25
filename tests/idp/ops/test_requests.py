"""What wraps every request."""

import io
import json
import logging
from datetime import datetime, timedelta

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client

from idp.ops import logs
from idp.ops.csp import allow_form_action, source_of
from idp.ops.machines import is_machine
from idp.ops.middleware import ProxyMiddleware

MACHINES = ["/graphql", "/graphql/", "/api/userinfo/", "/api/roles", "/o/token/", "/o/revoke_token/", "/o/introspect/"]
MACHINES += ["/o/userinfo/", "/.well-known/openid-configuration", "/healthz", "/readyz"]
PAGES = ["/", "/o/authorize/", "/o/consent/", "/o/logout/", "/accounts/login/", "/admin/", "/apis", "/o/tokens"]


@pytest.mark.parametrize("path", [*MACHINES, *PAGES])
def test_machine_endpoints_are_told_from_pages(path):
    request = HttpRequest()
    request.path_info = path
    assert is_machine(request) is (path in MACHINES)


@pytest.mark.django_db
def test_T88_a_machine_endpoint_loads_no_session_whatever_cookie_comes(alice, sign_in, django_assert_num_queries):
    client = sign_in(alice)
    with django_assert_num_queries(0):
        answer = client.get("/api/unknown")
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("path", "headers"),
    [("/api/unknown", {}), ("/unknown", {"Accept": "application/json"}), ("/graphql/x", {"Accept": "text/html"})],
)
def test_programs_get_errors_they_can_read_in_debug_too(client, settings, path, headers, debug):
    settings.DEBUG = debug
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json() == {"error": "not_found", "error_description": "Not Found"}


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "text/html, application/json", ""])
def test_people_get_a_page(client, accept):
    answer = client.get("/unknown", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_forged_form_is_refused_in_the_callers_language():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/login/", headers={"Accept": "application/json"}).json()["error"] == "access_denied"


def test_each_answer_carries_an_id_and_only_a_proxy_may_choose_it(client, settings):
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    chosen = {"X-Request-ID": "chosen-by-the-caller"}
    assert client.get("/healthz", headers=chosen).headers["X-Request-ID"] != "chosen-by-the-caller"
    settings.TRUSTED_PROXIES = 1
    assert client.get("/healthz", headers=chosen).headers["X-Request-ID"] == "chosen-by-the-caller"
    broken = {"X-Request-ID": "two\nlines, or worse"}
    assert "two" not in client.get("/healthz", headers=broken).headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("proxies", "written", "believed"),
    [
        (0, "https", None),
        (1, "https", "https"),
        (1, "http", "http"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (2, "http, https, http", "https"),
        (1, "", None),
    ],
)
def test_only_our_proxies_say_what_the_scheme_was(settings, proxies, written, believed):
    settings.TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META["HTTP_X_FORWARDED_PROTO"] = written
    ProxyMiddleware(lambda _: HttpResponse())(request)
    assert request.META.get("HTTP_X_FORWARDED_PROTO") == believed


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://app.example.org/callback?x=1", "https://app.example.org"),
        ("http://localhost:3000/callback", "http://localhost:3000"),
        ("http://127.0.0.1:4711/", "http://127.0.0.1:4711"),
        ("http://[::1]:3000/callback", "http:"),
        ("com.example.app:/callback", "com.example.app:"),
        ("https://evil.example; script-src *", "https:"),
    ],
)
def test_a_form_may_end_at_the_origin_of_the_redirect(url, source):
    assert source_of(url) == source


def test_what_one_response_adds_stays_with_it():
    response = HttpResponse()
    allow_form_action(response, "https://one.example/cb")
    allow_form_action(response, "https://two.example/cb")
    assert response._csp_update == {"form-action": ["https://one.example", "https://two.example"]}
    assert not hasattr(HttpResponse(), "_csp_update")


@pytest.fixture
def written():
    """A function that returns what was logged so far, a dictionary for each line, as production writes it."""
    handler = logging.StreamHandler(stream := io.StringIO())
    formatter = logs.config(debug=False)["formatters"]["line"]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in formatter.items() if k != "()"}))
    handler.addFilter(logs.RouteForPath())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_what_is_called_like_a_secret_is_hidden(written):
    structlog.get_logger("test").warning("event", refresh_token="r1.x", Authorization="Bearer x", client="spa")
    (line,) = written()
    assert (line["refresh_token"], line["Authorization"], line["client"]) == ("[hidden]", "[hidden]", "spa")


def test_a_traceback_shows_no_local_variable(written):
    password = "hunter2"
    try:
        int(f"{len(password)} characters")
    except ValueError:
        structlog.get_logger("test").exception("event")
    (line,) = written()
    assert "ValueError" in line["exception"]
    assert "hunter2" not in line["exception"]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "route"), [("/accounts/login/", "accounts/login/"), ("/o/userinfo/", "o/userinfo/")])
def test_a_request_is_one_line_with_its_route_and_its_id(client, capfd, path, route):
    answer = client.get(f"{path}?next=/secret-place")
    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert (line["method"], line["route"], line["status"]) == ("GET", route, answer.status_code)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["event"], line["logger"], line["level"]) == ("request", "gatehouse.request", "info")
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert "secret-place" not in json.dumps(line)


@pytest.mark.django_db
def test_what_is_logged_in_a_request_carries_its_id_and_nothing_after_it(client, written, settings):
    settings.DEBUG = True
    answer = client.get("/o/userinfo/")
    structlog.get_logger("test").warning("later")
    inside, later = written()
    assert inside["request_id"] == answer.headers["X-Request-ID"]
    assert "request_id" not in later


def test_djangos_own_line_names_the_route(written):
    request = HttpRequest()
    request.path = "/accounts/password/reset/key/1-secret/"
    logging.getLogger("django.request").error(
        "%s: %s", "Internal Server Error", request.path, extra={"request": request}
    )
    (line,) = written()
    assert line["event"] == "Internal Server Error: (no route)"
