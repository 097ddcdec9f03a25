"""A sign-in as oidc-client-ts leads it: redirect, userinfo, renewal by refresh token, revocation and signing out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from typing_extensions import override

from tests.interop.packages import MODULES, install
from tests.interop.provider import Provider
from tests.stack.fixtures import chromium_browser

HERE = Path(__file__).parent
LIBRARY = MODULES / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
CLIENT_ID = "oidc-client-ts"
SCOPE = "openid profile email offline_access"


class BrowserJourney:
    """Each step leaves what the library said."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        install()
        with site() as self.origin, chromium_browser() as browser:
            provider.register(
                CLIENT_ID,
                f"--redirect-uri={self.origin}/callback",
                f"--post-logout-redirect-uri={self.origin}/signed-out",
                "--id-token-alg=ES256",
                *(f"--scope={scope}" for scope in SCOPE.split()),
            )
            context = browser.new_context(locale="en-GB")
            self.errors: list[str] = []
            page = context.new_page()
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            self.walk(page)
            context.close()

    def walk(self, page: Page) -> None:
        page.goto(f"{self.origin}/")
        self.ask(page, "signinRedirect({state: {from: 'here'}})", and_leave=True)
        page.fill('input[name="login"]', "alice")
        page.fill('input[name="password"]', "alicepass")
        page.click('button[type="submit"]')
        page.click('button[value="allow"]')
        page.wait_for_url(f"{self.origin}/callback?**")
        self.user = self.ask(page, "signinCallback()")
        self.renewed = self.ask(page, "signinSilent()")
        self.ask(page, "signoutRedirect({state: 'bye'})", and_leave=True)
        page.wait_for_url(f"{self.origin}/signed-out?**")
        self.signed_out = self.ask(page, "signoutRedirectCallback()", as_user=False)
        self.left = self.ask(page, "getUser()")

    def ask(self, page: Page, call: str, *, and_leave: bool = False, as_user: bool = True) -> Any:
        settings = {"authority": self.provider.issuer, "client_id": CLIENT_ID, "scope": SCOPE}
        if and_leave:
            with page.expect_navigation(url=lambda url: url.startswith(self.provider.issuer) or "signed-out" in url):
                page.evaluate(f"settings => {{ manager(settings).{call}; }}", settings)
            return None
        result = f"manager(settings).{call}"
        return page.evaluate(f"settings => {result}.then({'plain' if as_user else 'done => ({...done})'})", settings)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path == "/oidc-client-ts.min.js"
        body = (LIBRARY if is_script else HERE / "page.html").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def site() -> Iterator[str]:
    """The client's own origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()
