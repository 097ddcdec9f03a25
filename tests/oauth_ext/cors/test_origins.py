"""Who may call from another origin, over HTTP as a browser asks."""

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from oauth_ext.clients import services as clients
from oauth_ext.cors import origin_of
from tests.factories import make_client

pytestmark = pytest.mark.django_db
ORIGIN = "https://app.example"
OPEN = [
    "/o/token/",
    "/o/revoke_token/",
    "/o/userinfo/",
    "/graphql",
    "/graphql/",
    "/api/userinfo/",
    "/api/logout",
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
]
CLOSED = ["/o/authorize/", "/o/consent/", "/o/logout/", "/o/introspect/", "/accounts/login/", "/admin/", "/healthz"]
CLOSED += ["/api/docs/", "/api/docs"]


def preflight(path: str, origin: str = ORIGIN, method: str = "POST") -> HttpResponseBase:
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type",
    }
    return Client().options(path, headers=headers)


def allows(response: HttpResponseBase) -> str | None:
    assert "Access-Control-Allow-Credentials" not in response.headers
    return response.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", OPEN)
def test_the_origin_of_a_redirect_uri_may_call(path):
    assert allows(preflight(path)) is None
    make_client(redirect_uris=[f"{ORIGIN}/callback"])
    response = preflight(path)
    assert response.status_code == 200
    assert allows(response) == ORIGIN
    assert {"authorization", "content-type"} <= set(response.headers["Access-Control-Allow-Headers"].split(", "))
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "origin" in response.headers["Vary"].lower()


@pytest.mark.parametrize("path", CLOSED)
def test_pages_and_introspection_are_never_for_other_origins(path):
    make_client(redirect_uris=[f"{ORIGIN}/callback"])
    assert allows(preflight(path)) is None
    assert allows(Client().get(path, headers={"origin": ORIGIN})) is None


def test_the_answer_itself_can_be_read_and_so_can_a_refusal():
    make_client(redirect_uris=[f"{ORIGIN}/callback"])
    for response in (
        Client().get("/.well-known/openid-configuration", headers={"origin": ORIGIN}),
        Client().post("/o/token/", headers={"origin": ORIGIN}),
        Client().get("/o/userinfo/", headers={"origin": ORIGIN}),
    ):
        assert allows(response) == ORIGIN
        assert "www-authenticate" in response.headers["Access-Control-Expose-Headers"]
    assert (
        allows(Client().get("/.well-known/openid-configuration", headers={"origin": "https://other.example"})) is None
    )


def test_an_answer_may_differ_by_origin_and_says_so():
    for path in ("/.well-known/openid-configuration", "/o/userinfo/"):
        assert "origin" in Client().get(path).headers["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://app.example:8443",
        "http://app.example",
        "https://APP.example",
        "https://app.example/",
        "https://app.example/callback",
        "https://app",
        "https://",
        "https://%",
        "https://_pp.example",
        "https://app.example\\",
        "https://user@app.example",
        "ftp://app.example",
        "https://" + "a" * 3000,
    ],
)
def test_another_origin_may_not(origin):
    make_client(redirect_uris=[f"{ORIGIN}/callback"])
    response = preflight("/o/token/", origin)
    assert response.status_code in {200, 400, 405}
    assert allows(response) is None


def test_a_client_that_is_switched_off_opens_nothing():
    client = make_client(redirect_uris=[f"{ORIGIN}/callback"])
    clients.disable(client)
    assert allows(preflight("/o/token/")) is None


def test_configured_origins_cost_no_statement(settings, django_assert_num_queries):
    settings.CORS_ALLOWED_ORIGINS = ["https://configured.example"]
    with django_assert_num_queries(0):
        assert allows(preflight("/o/token/", "https://configured.example")) == "https://configured.example"


def test_a_registered_origin_costs_one_statement_and_no_origin_none(django_assert_num_queries):
    make_client(redirect_uris=[f"{ORIGIN}/callback"])
    with django_assert_num_queries(1):
        assert allows(preflight("/o/token/")) == ORIGIN
    with django_assert_num_queries(0):
        Client().get("/.well-known/openid-configuration")


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://App.Example/cb", "https://app.example"),
        ("https://app.example:443/cb?x=1", "https://app.example"),
        ("http://localhost:3000/callback", "http://localhost:3000"),
        ("http://[::1]:3000/callback", "http://[::1]:3000"),
        ("http://127.0.0.1/callback", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(uri, origin):
    assert origin_of(uri) == origin
    make_client(redirect_uris=[uri])
    assert allows(preflight("/o/token/", origin)) == origin


def test_a_native_app_has_no_origin():
    make_client(redirect_uris=["com.example.app:/callback"])
    assert allows(preflight("/o/token/", "com.example.app://")) is None
