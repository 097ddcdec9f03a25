"""Signing in by another provider: what is ours of it."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.e2e.pages import button
from tests.other_provider import CLIENT_ID, OtherProvider
from tests.screens.camera import Camera
from tests.screens.server import heading
from tests.stack.gatehouse import Gatehouse

SETTINGS = {"SIGN_UP": "true", "OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128"}
AT = "/accounts/providers/example"
PROVIDER = """
providers:
  example:
    display_name: Example
    issuer: {issuer}
    client_id: {client_id}
    token_endpoint_auth_method: private_key_jwt
    sign_up: {sign_up}
"""


def declare(server: Gatehouse, other: OtherProvider, *, sign_up: bool) -> None:
    """Say that people may sign in by it, and whether they get an account."""
    text = PROVIDER.format(issuer=other.issuer, client_id=CLIENT_ID, sign_up=str(sign_up).lower())
    server.manage("apply", "-", stdin=text)


def there_and_back(page: Page, server: Gatehouse, other: OtherProvider) -> None:
    """From the page that leads there to the one that they come back to."""
    url = page.get_by_role("link", name="Continue").get_attribute("href")
    assert url
    page.goto(f"{server.issuer}{AT}/callback/?{urlencode(other.sign_in(url))}")


def signing_in(page: Page, camera: Camera, server: Gatehouse) -> None:
    """Somebody whom nobody here knows yet."""
    with OtherProvider() as other:
        declare(server, other, sign_up=False)
        page.route(f"{other.issuer}/authorize**", lambda route: route.fulfill(status=204))
        page.goto(f"{server.issuer}/accounts/login/")
        camera.take("provider-button")
        button(page, "Continue with Example").click()
        heading(page, "On to Example")
        camera.take("provider-leave")
        there_and_back(page, server, other)
        heading(page, "No account is linked")
        camera.take("provider-unknown")
        declare(server, other, sign_up=True)
        page.goto(f"{server.issuer}{AT}/new/")
        heading(page, "Create your account")
        camera.take("provider-new")
        page.get_by_label("Username").fill("")
        button(page, "Create the account").click()
        expect(page.get_by_role("alert")).to_be_visible()
        camera.take("provider-new-wrong")
        page.get_by_label("Username").fill("carol")
        button(page, "Create the account").click()
        heading(page, "Hello, carol")
        camera.take("provider-home")
        page.get_by_role("link", name="Linked accounts").click()
        heading(page, "Linked accounts")
        camera.take("identities")
        page.get_by_role("link", name="Unlink").click()
        heading(page, "Unlink it?")
        camera.take("identity-unlink")
        button(page, "Unlink").click()
        expect(page.get_by_role("alert")).to_be_visible()
        camera.take("identity-last")
        page.goto(f"{server.issuer}{AT}/callback/?state=old")
        heading(page, "Example did not sign you in")
        camera.take("provider-failed")
