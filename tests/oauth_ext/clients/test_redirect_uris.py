"""Which redirect URIs can be registered, and which match (RFC 9700 §2.1, RFC 8252 §7)."""

import pytest

from oauth_ext.clients.checks import redirect_uri_problem, remembers_consent
from oauth_ext.clients.models import Application

REGISTERED = "https://app.example/callback"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "https://app.example:8443/callback?fixed=1",
        "http://localhost:3000/callback",
        "http://127.0.0.1/callback",
        "http://[::1]:9000/callback",
        "com.example.app:/callback",
    ],
)
def test_T02_can_be_registered(uri):
    assert redirect_uri_problem(uri, public=True) is None


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/cb",
        "http://localhost.example/cb",
        "http://127.0.0.2/cb",
        "http://user@localhost/cb",
        "https://user:pass@app.example/cb",
        "https://app.example/cb#here",
        "https://app.example/*",
        "https://*.app.example/cb",
        "https:///cb",
        "https://app.example:port/cb",
        "//app.example/cb",
        "/cb",
        "myapp:/cb",
        "com.example.app://cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://app.example/\\cb",
        "https://app.example/cb\r\nX: y",
        "https://app.example/ü",
        "https://app.example/" + "x" * 2048,
        "",
    ],
)
def test_T02_cannot_be_registered(uri):
    assert redirect_uri_problem(uri, public=True)


def test_T02_a_private_use_scheme_is_for_public_clients():
    assert redirect_uri_problem("com.example.app:/callback", public=False)


@pytest.mark.parametrize(
    "uri",
    [
        "https://APP.example/callback",
        "https://app.example/Callback",
        "https://app.example/callback/",
        "https://app.example/callback;p",
        "https://app.example/callback?x",
        "https://app.example/callback#x",
        "https://user@app.example/callback",
        "https://app.example:443/callback",
        "https://app.example/call%62ack",
        "https://app.example\\@evil.example/callback",
        "//app.example/callback",
        "http://app.example/callback",
        "https://app.example.evil.example/callback",
        "https://app.example/callback ",
    ],
)
def test_T01_only_the_exact_string_matches(uri):
    client = Application(redirect_uris=[REGISTERED])
    assert client.redirect_uri_allowed(REGISTERED)
    assert not client.redirect_uri_allowed(uri)


def test_T01_a_loopback_address_matches_with_any_port_and_localhost_does_not():
    client = Application(redirect_uris=["http://127.0.0.1/cb", "http://[::1]:1/cb?x=1", "http://localhost:3000/cb"])
    for uri in (
        "http://127.0.0.1/cb",
        "http://127.0.0.1:49152/cb",
        "http://[::1]:8/cb?x=1",
        "http://localhost:3000/cb",
    ):
        assert client.redirect_uri_allowed(uri), uri
    for uri in (
        "http://localhost:3001/cb",
        "http://127.0.0.1:x/cb",
        "http://127.0.0.1:99999/cb",
        f"http://127.0.0.1:{'1' * 5000}/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80:80/cb",
        "https://127.0.0.1/cb",
        "http://127.0.0.1:80/cb2",
        "http://127.0.0.1:80/x/cb",
        "http://[::1]/cb",
    ):
        assert not client.redirect_uri_allowed(uri), uri


def test_consent_is_remembered_only_where_one_app_can_receive_the_answer():
    assert remembers_consent("https://app.example/cb", public=True)
    assert remembers_consent("http://localhost/cb", public=False)
    assert not remembers_consent("http://localhost/cb", public=True)
    assert not remembers_consent("com.example.app:/cb", public=True)
