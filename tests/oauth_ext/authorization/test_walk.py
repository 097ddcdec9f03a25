"""The whole walk, as a person and a client see it: request, sign-in, consent, code, tokens, sign-out."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from idp.models import Session, User
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.models import Application
from tests import factories
from tests.factories import FORM, PASSWORD, Pkce, Response, answer_of
from tests.oauth_ext.authorization.steps import get, location


def press(browser: Client, page: Response, path: str, **fields: str) -> Response:
    """Send the page's form, its hidden fields and what the person typed or pressed."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return browser.post(path, urlencode(dict(hidden) | fields), FORM)


@pytest.fixture
def strict() -> Client:
    """A browser whose forms need their tokens."""
    return Client(enforce_csrf_checks=True)


def test_from_a_request_to_tokens_and_out_again(strict: Client, alice: User, app: Application, pair: Pkce) -> None:
    app.post_logout_redirect_uris = ["https://app.example/bye"]
    app.save()
    response = get(strict, factories.authorization_parameters(app, pair.challenge))
    sign_in = strict.get(location(response))
    assert "The App" in sign_in.content.decode()

    response = press(strict, sign_in, location(response), login="alice", password=PASSWORD)
    assert response.status_code == 303
    response = strict.get(location(response))
    consent = strict.get(location(response))
    response = press(strict, consent, "/o/consent/", decision="allow")
    code = answer_of(response)["code"]
    assert AuthorizationCode.objects.get().session == Session.objects.get()

    tokens = strict.post(
        "/o/token/",
        urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": app.redirect_uris[0],
                "client_id": app.client_id,
                "code_verifier": pair.verifier,
            }
        ),
        FORM,
    ).json()
    assert tokens["scope"] == "openid profile"
    assert tokens.keys() >= {"access_token", "id_token", "refresh_token"}

    silent = get(
        strict,
        factories.authorization_parameters(
            app, pair.challenge, prompt="none", id_token_hint=tokens["id_token"], scope="openid"
        ),
    )
    assert "code" in answer_of(silent)

    query = urlencode(
        {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://app.example/bye", "state": "s"}
    )
    response = strict.get(f"/o/logout/?{query}")
    assert location(response) == "https://app.example/bye?state=s"
    assert Session.objects.get().ended_at is not None
    refused = strict.get("/o/userinfo/", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert refused.status_code == 401


def test_whoever_is_asked_to_sign_in_again_types_only_the_password(
    strict: Client, alice: User, trusted: Application, pair: Pkce
) -> None:
    session = factories.sign_in(strict, alice)
    response = get(strict, factories.authorization_parameters(trusted, pair.challenge, prompt="login"))
    page = strict.get(location(response))

    response = press(strict, page, location(response), password=PASSWORD)

    assert "code" in answer_of(strict.get(location(response)))
    code = AuthorizationCode.objects.get()
    assert code.session == session
    assert code.auth_time > session.auth_time


def test_the_sign_in_page_may_lead_to_the_client(strict: Client, app: Application, pair: Pkce) -> None:
    response = get(strict, factories.authorization_parameters(app, pair.challenge))

    policy = strict.get(location(response)).headers["Content-Security-Policy"]

    assert "form-action 'self' https://app.example;" in policy + ";"
    assert parse_qs(urlsplit(location(response)).query)["next"][0].startswith("/o/authorize/?id=")
