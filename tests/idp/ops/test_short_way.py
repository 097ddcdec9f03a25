"""A program is answered by the short way as by the long one."""

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings

from idp.ops.machines import MACHINE_PATHS
from tests.contract.test_paths import PATHS

pytestmark = pytest.mark.django_db
LONG = [name for name in configured.MIDDLEWARE if "short_way" not in name]
DIFFERS = {"X-Request-ID", "Set-Cookie"}
MACHINES = sorted(path for path in PATHS if MACHINE_PATHS.match(path))
Ask = Callable[[Client], HttpResponse]


def both(ask: Ask) -> list[tuple[int, dict[str, str]]]:
    """Status and headers of the answer by the short way and by the long one."""
    answers = [ask(Client(raise_request_exception=False))]
    with override_settings(MIDDLEWARE=LONG):
        answers.append(ask(Client(raise_request_exception=False)))
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
