"""A program is answered by the short way as by the long one."""

from collections.abc import Callable

import pytest
from django.core.signals import request_finished, request_started
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import clear_script_prefix

from idp.ops.machines import MACHINE_PATHS
from idp.ops.short_way import Handler, ShortWay
from tests.contract.test_paths import PATHS

pytestmark = pytest.mark.django_db
DIFFERS = {"X-Request-ID", "Set-Cookie"}
MACHINES = sorted(path for path in PATHS if MACHINE_PATHS.match(path))
Ask = Callable[[Client], HttpResponse]


def both(ask: Ask) -> list[tuple[int, dict[str, str]]]:
    """Status and headers of the answer by the short way and by the long one."""
    answers = []
    for goes_short in (True, False):
        client = Client(raise_request_exception=False)
        vars(client.handler)["goes_short"] = goes_short
        answers.append(ask(client))
    return [
        (answer.status_code, {name: value for name, value in answer.headers.items() if name not in DIFFERS})
        for answer in answers
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", [*MACHINES, "/api/unknown", "/o/token/x"])
def test_status_and_headers_are_the_same(path, method):
    short, long = both(lambda client: client.generic(method, path))
    assert short == long


@pytest.mark.parametrize("secure", [True, False])
def test_by_both_schemes(settings, secure):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    short, long = both(lambda client: client.get("/o/userinfo/", secure=secure))
    assert short == long
    assert ("Strict-Transport-Security" in short[1]) == secure
    assert short[0] == (401 if secure else 301)


@pytest.mark.parametrize("origin", ["https://app.example", "https://evil.example", "null"])
def test_scripts_of_other_origins_are_told_what_they_may(settings, origin):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    short, long = both(lambda client: client.get("/o/userinfo/", headers={"Origin": origin}))
    assert short == long
    assert ("Access-Control-Allow-Origin" in map(str.title, short[1])) == (origin == "https://app.example")


@pytest.mark.parametrize("host", ["evil.example", "localhost:x", ""])
def test_a_host_that_is_not_ours_is_refused(host):
    short, long = both(lambda client: client.get("/o/userinfo/", headers={"Host": host}))
    assert short == long
    assert (short[0], short[1]["Content-Type"]) == (400, "application/json")


def test_what_breaks_is_said_as_on_the_long_way(monkeypatch):
    monkeypatch.setattr("oauth_ext.tokens.services.judge_request", lambda _: 1 / 0)
    short, long = both(lambda client: client.get("/o/userinfo/"))
    assert short == long
    assert (short[0], short[1]["Content-Type"]) == (500, "application/json")


def test_no_middleware_for_browsers_is_run_for_a_program(monkeypatch):
    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", lambda *_: 1 / 0)
    assert Client().get("/o/userinfo/").status_code == 401
    assert Client(raise_request_exception=False).get("/accounts/login/").status_code == 500


def served(**environ: str) -> tuple[str, dict[str, str], bytes]:
    """What the WSGI server is given for a request."""
    sent: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        sent.append((status, headers))
        return lambda _: None

    body = b"".join(Handler()(RequestFactory().generic("GET", "/").environ | environ, start_response))
    [(status, headers)] = sent
    return status, {name: value for name, value in headers if name not in DIFFERS}, body


@pytest.mark.parametrize("path", MACHINES)
def test_the_server_sends_what_the_client_of_the_tests_is_given(path, monkeypatch):
    monkeypatch.setattr("idp.ops.short_way.close_old_connections", lambda: None)  # it would end the test's transaction
    answer = Client().get(path)
    status, headers, body = served(PATH_INFO=path)
    assert status == f"{answer.status_code} {answer.reason_phrase}"
    assert headers == {name: value for name, value in answer.headers.items() if name not in DIFFERS}
    assert body == answer.content


def test_an_empty_path_may_be_left_out():
    """PEP 3333: a server need not name what is empty."""
    environ = RequestFactory().get("/").environ
    del environ["PATH_INFO"]
    sent = []
    b"".join(Handler()(environ, lambda *head: sent.append(head[0])))
    assert sent == ["200 OK"]


def test_a_cookie_is_sent_should_a_view_ever_set_one(monkeypatch):
    answer = HttpResponse()
    answer.set_cookie("name", "value")
    monkeypatch.setattr(ShortWay, "answer", lambda *_: answer)
    monkeypatch.setattr("tests.idp.ops.test_short_way.DIFFERS", set())
    assert served(PATH_INFO="/healthz")[1]["Set-Cookie"].strip() == "name=value; Path=/"


def test_a_connection_that_was_lost_is_given_up_before_the_view(monkeypatch):
    given_up = []
    monkeypatch.setattr("idp.ops.short_way.close_old_connections", lambda: given_up.append(True))
    served(PATH_INFO="/healthz")
    assert given_up == [True]


def test_who_mounts_us_below_a_prefix_is_served_the_long_way(monkeypatch):
    monkeypatch.setattr(ShortWay, "answer", lambda *_: 1 / 0)
    try:
        assert served(PATH_INFO="/healthz", SCRIPT_NAME="/id")[0] == "200 OK"
    finally:
        clear_script_prefix()  # this thread's, until the next request that the server is given


def test_nothing_waits_for_the_signals_that_the_short_way_does_not_send():
    """What these do, it does itself, or has no need of; another one must be thought of there."""
    waiting = {
        receiver.__name__
        for signal in (request_started, request_finished)
        for receiver in signal._live_receivers(None)[0]
    }
    assert waiting <= {"reset_queries", "close_old_connections", "close_caches", "reset_urlconf"}
