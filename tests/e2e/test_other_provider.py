"""Signing in by another provider, a second running copy of Gatehouse, in a browser: from a client and back to it."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from idp.dev.process import free_port
from idp.ops import base64url
from tests.e2e.pages import button
from tests.factories import pkce
from tests.local_server import LocalServer
from tests.stack.gatehouse import Gatehouse
from tests.stack.recorder import Recorder

NETWORKS = {"OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128", "DEBUG": "true"}
PROVIDER = """
providers:
  headquarters:
    display_name: Headquarters
    issuer: {issuer}
    client_id: branch
    token_endpoint_auth_method: private_key_jwt
    sign_up: true
"""


class Callback(BaseHTTPRequestHandler):
    """The client's page, where the browser ends."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Two(NamedTuple):
    """The deployment that a client knows, and the one where people are known; to a browser they are two sites."""

    branch: Gatehouse
    headquarters: str
    redirect_uri: str


@pytest.fixture(scope="module")
def two(start_gatehouse: Callable[..., Gatehouse]) -> Iterator[Two]:
    port = free_port()
    with Recorder(port) as front, LocalServer(Callback) as client:
        redirect_uri = f"http://127.0.0.1:{client.port}/callback"
        issuer = f"http://127.0.0.1:{port}"  # another host, for cookies are told apart by that and not by the port
        with (
            start_gatehouse(settings=NETWORKS | {"ISSUER_URL": issuer}) as headquarters,
            start_gatehouse(settings=NETWORKS) as branch,
        ):
            front.upstream = headquarters.urls[0]
            here = f"{branch.issuer}/accounts/providers/headquarters"
            known = ["--type=confidential", "--auth-method=private_key_jwt", f"--jwks-uri={here}/jwks.json"]
            headquarters.manage("seed_demo_users")
            headquarters.manage(
                "create_oauth_app", "--client-id=branch", "--trusted", f"--redirect-uri={here}/callback/", *known
            )
            branch.manage("create_oauth_app", "--client-id=orders", f"--redirect-uri={redirect_uri}", "--trusted")
            branch.manage("apply", "-", stdin=PROVIDER.format(issuer=issuer))
            yield Two(branch, issuer, redirect_uri)


def ask(page: Page, two: Two, challenge: str) -> None:
    """Come from the client."""
    query = {
        "response_type": "code",
        "client_id": "orders",
        "redirect_uri": two.redirect_uri,
        "scope": "openid profile email",
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page.goto(f"{two.branch.issuer}/o/authorize/?{urlencode(query)}")


def id_token(page: Page, two: Two, verifier: str) -> dict[str, object]:
    """What the client, to whom the browser has come back, is told."""
    page.wait_for_url(f"{two.redirect_uri}?**")
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    form = {"grant_type": "authorization_code", "client_id": "orders", "redirect_uri": two.redirect_uri}
    answer = httpx.post(f"{two.branch.issuer}/o/token/", data={**form, "code": code, "code_verifier": verifier})
    return base64url.decode_object(answer.json()["id_token"].split(".")[1])


def test_T76_somebody_known_elsewhere_signs_in_and_comes_back_to_the_client(
    page: Page, two: Two, assert_accessible: Callable[[Page], None]
):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)

    pair = pkce()
    ask(page, two, pair.challenge)
    button(page, "Continue with Headquarters").click()
    page.wait_for_url(f"{two.headquarters}/**")
    page.locator('input[name="login"]').fill("alice")
    page.locator('input[name="password"]').fill("alicepass")
    button(page, "Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Create your account")).to_be_visible()
    assert page.url.startswith(two.branch.issuer)
    assert "code=" not in page.url
    assert_accessible(page)
    expect(page.get_by_label("Username")).to_have_value("alice")
    page.get_by_label("Username").fill("alice-of-headquarters")
    button(page, "Create the account").click()
    first = id_token(page, two, pair.verifier)
    assert (first["acr"], first["amr"]) == ("aal1", [])
    page.context.clear_cookies(domain="localhost")
    ask(page, two, pair.challenge)
    button(page, "Continue with Headquarters").click()
    again = id_token(page, two, pair.verifier)
    assert (again["sub"], again["amr"]) == (first["sub"], [])
    page.goto(f"{two.branch.issuer}/accounts/identities/")
    expect(page.get_by_role("listitem").filter(has_text="Headquarters")).to_be_visible()
    assert_accessible(page)
    assert not complaints
