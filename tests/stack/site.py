"""What `make run` starts, on ports of its own: Gatehouse, and the BFF with the SPA; a listener in front of each."""

import html
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import httpx

from idp.dev.process import Process, free_port
from tests.stack import environment
from tests.stack.gatehouse import ROOT, Gatehouse
from tests.stack.recorder import Recorder

SCOPES = ("openid", "profile", "email", "roles", "offline_access", "account:read", "account:write")
HEADERS = {"X-Gatehouse-BFF": "1", "Content-Type": "application/json"}


class Start(Protocol):
    """The signature of the `start_gatehouse` fixture, as far as it is used here."""

    def __call__(self, *, settings: dict[str, str] | None = None) -> Gatehouse: ...


class Site:
    """The deployment. `url` is the application's origin, `issuer` the server's. A context manager.

    `recorder` hears what reaches the server, `front` what reaches the BFF. A second BFF may be started at `other_site`,
    which to browsers is another site than the server's.
    """

    def __init__(self, start_gatehouse: Start, settings: Mapping[str, str] | None = None) -> None:
        """Start all of it, with alice and the two documented clients; DEBUG, as in `make run`."""
        with ExitStack() as parts:
            self.recorder, self.front = (parts.enter_context(Recorder(free_port())) for _ in range(2))
            self.issuer = self.recorder.url
            ours = {"ISSUER_URL": self.issuer, "DEBUG": "true", "GRAPHQL_TRUSTED_ONLY": "true"}
            self.gatehouse = start_gatehouse(settings={**ours, **(settings or {})})
            parts.callback(self.gatehouse.stop)
            self.recorder.upstream = self.gatehouse.urls[0]
            self.url = self.front.url
            self.other_port = free_port()
            self.other_site = f"http://127.0.0.1:{self.other_port}"
            self.folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="gatehouse-site-")))
            self._register()
            self.bff = parts.enter_context(Bff(free_port(), self.folder / "bff.log", self.url, self.issuer))
            self.front.upstream = self.bff.address
            self._parts = parts.pop_all()

    def _register(self) -> None:
        both = [
            "--grant=authorization_code",
            "--grant=refresh_token",
            *(f"--scope={scope}" for scope in SCOPES),
            f"--post-logout-redirect-uri={self.url}/",
            "--id-token-alg=ES256",
        ]
        secret = os.environ["BFF_CLIENT_SECRET"]
        self.gatehouse.manage("seed_demo_users")
        self.gatehouse.manage(
            "create_oauth_app", "--client-id=spa", "--type=public", f"--redirect-uri={self.url}/callback", *both
        )
        self.gatehouse.manage(
            "create_oauth_app",
            "--client-id=bff",
            "--type=confidential",
            "--auth-method=client_secret_basic",
            f"--secret={secret}",
            "--trusted",
            f"--redirect-uri={self.url}/bff/callback",
            "--redirect-uri=https://app.example/bff/callback",
            f"--redirect-uri={self.other_site}/bff/callback",
            f"--post-logout-redirect-uri={self.other_site}/",
            f"--backchannel-logout-uri={self.url}/bff/backchannel-logout",
            *both,
        )

    def __enter__(self) -> Self:
        """The deployment itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._parts.close()


class Bff:
    """The backend's process. A context manager."""

    def __init__(self, port: int, log: Path, public_url: str, issuer: str) -> None:
        """Remember how to start it."""
        self.address = f"http://127.0.0.1:{port}"
        self.log = log
        self._command = [sys.executable, "-m", "uvicorn", "spa.bff.app:app", "--host=127.0.0.1", f"--port={port}"]
        self._env = environment.of_process({"BFF_PUBLIC_URL": public_url, "AUTH_SERVER_URL": issuer})
        self._process: Process | None = None

    def __enter__(self) -> Self:
        """Start it; return once it answers."""
        self._process = Process(self._command, log=self.log, env=self._env, cwd=ROOT)
        self._process.wait_until(self._answers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        if self._process:
            self._process.stop()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/bff/session").is_success
        except httpx.TransportError:
            return False


class Visitor(httpx.Client):
    """A browser without JavaScript: keeps cookies, follows redirects, sends forms."""

    def __init__(self) -> None:
        super().__init__(follow_redirects=True, timeout=30)

    def sign_in(self, start: str, username: str = "alice", password: str = "alicepass") -> httpx.Response:
        """Follow a sign-in that begins at `start` through the server's pages; answer where it ends."""
        response = self.get(start)
        assert 'name="password"' in response.text, response.text
        return self.send_form(response, login=username, password=password)

    def send_form(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the page's form, its hidden fields included."""
        form = re.search(r'<form[^>]*method="post"[^>]*>', page.text)
        assert form, page.text
        action = re.search(r'action="([^"]*)"', form[0])
        target = page.url.join(action[1]) if action and action[1] else page.url
        return self.post(
            target,
            data={**hidden_fields(page.text), **fields},
            headers={"Origin": f"{page.url.scheme}://{page.url.netloc.decode()}"},
        )


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}
