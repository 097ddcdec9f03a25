"""Where an answer may go."""

import pytest
from django.test import Client

from idp.models import Session
from oauth_ext.clients.models import Application
from tests import factories
from tests.factories import answer_of
from tests.oauth_ext.authorization.steps import ask, location, stays

REGISTERED = "https://app.example/callback"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/Callback",
        "https://APP.example/callback",
        "https://app.example/callback/",
        "https://app.example/callback;p",
        "https://app.example/callback?x",
        "https://app.example/callback#",
        "https://user@app.example/callback",
        "https://app.example:443/callback",
        "https://app.example/%2e/callback",
        "https://app.example\\callback",
        "https://app.example//callback",
        "http://app.example/callback",
        "https://app.example/*",
        "https://app.example.evil.example/callback",
        "//app.example/callback",
        "javascript:alert(1)",
        " https://app.example/callback",
        "https://app.example/callback\r\nX: y",
    ],
)
def test_T01_redirect_uri_is_compared_as_a_string(
    browser: Client, signed_in: Session, trusted: Application, uri: str
) -> None:
    assert trusted.redirect_uris == [REGISTERED]

    assert stays(ask(browser, trusted, redirect_uri=uri))


def test_T01_a_loopback_address_may_have_any_port(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("native", redirect_uris=["http://127.0.0.1/callback"], trusted=True)

    assert "code" in answer_of(ask(browser, client, redirect_uri="http://127.0.0.1:49152/callback"))
    assert stays(ask(browser, client, redirect_uri="http://127.0.0.1:49152/other"))
    assert stays(ask(browser, client, redirect_uri="http://localhost:49152/callback"))


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "\x00"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "https://evil.example/", "prompt": "none"},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
        {"redirect_uri": None},
        {"request": "\x00"},
    ],
)
def test_T03_an_error_never_leads_to_an_address_that_is_not_the_clients(
    browser: Client, app: Application, changes: dict[str, str | None]
) -> None:
    assert stays(ask(browser, app, **changes))


def test_T03_a_switched_off_client_is_not_known(browser: Client, app: Application) -> None:
    Application.objects.update(is_active=False)

    assert stays(ask(browser, app, prompt="none"))


def test_the_query_of_a_registered_uri_stays(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", redirect_uris=["https://app.example/cb?tenant=a%20b"], trusted=True)

    response = ask(browser, client)

    assert location(response).startswith("https://app.example/cb?tenant=a%20b&")
    assert answer_of(response).keys() == {"tenant", "code", "state", "iss"}


def test_a_private_use_scheme_is_a_place_to_go(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("native", redirect_uris=["com.example.app:/callback"], trusted=True)

    assert location(ask(browser, client)).startswith("com.example.app:/callback?code=")


def test_the_only_registered_uri_may_be_left_out_without_openid(
    browser: Client, signed_in: Session, trusted: Application
) -> None:
    response = ask(browser, trusted, redirect_uri=None, scope="profile")

    assert location(response).startswith(f"{REGISTERED}?code=")
