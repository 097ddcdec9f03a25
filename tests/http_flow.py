"""A person and a client over HTTP, as a browser and a backend would do it: for tests against server processes."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.factories import pkce
from tests.stack.gatehouse import Gatehouse

REDIRECT_URI = "https://app.example/callback"
ALICE = ("alice", "alicepass")
# but for its challenge
REQUEST = {
    "response_type": "code",
    "client_id": "app",
    "redirect_uri": REDIRECT_URI,
    "scope": "openid profile",
    "state": "s",
    "code_challenge_method": "S256",
}


class Deployment:
    """A running Gatehouse with alice and a trusted public client `app`; leaving it closes the connections."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self.gatehouse = gatehouse
        gatehouse.manage("seed_demo_users", "--force")
        gatehouse.manage(
            "create_oauth_app",
            "--client-id",
            "app",
            "--redirect-uri",
            REDIRECT_URI,
            "--trusted",
            "--id-token-alg",
            "ES256",
        )
        self.pool = httpx.Client(timeout=60, limits=httpx.Limits(max_connections=64))

        self.open = ExitStack()
        self.open.enter_context(self.pool)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.open.close()

    def person(self, url: str | None = None) -> "Person":
        return Person(self, url or self.gatehouse.urls[0])

    def post_all(
        self, path: str, forms: list[dict[str, str]], headers: dict[str, str] | None = None
    ) -> list[httpx.Response]:
        """Post all forms at once, in turn to each server."""
        urls = self.gatehouse.urls
        with ThreadPoolExecutor(len(forms)) as pool:
            waiting = [
                pool.submit(self.pool.post, urls[number % len(urls)] + path, data=form, headers=headers)
                for number, form in enumerate(forms)
            ]
            return [future.result() for future in waiting]

    def token(self, url: str | None = None, **form: str) -> httpx.Response:
        return self.pool.post((url or self.gatehouse.urls[0]) + "/o/token/", data=form)

    def push(self, url: str | None = None, **changes: str) -> tuple[str, str]:
        """Push a request of the client `app`; return its `request_uri`, and the verifier that its code will want."""
        pair = pkce()
        form = {**REQUEST, "code_challenge": pair.challenge, **changes}
        answer = self.pool.post((url or self.gatehouse.urls[0]) + "/o/par/", data=form)
        assert answer.status_code == 201, answer.text
        return answer.json()["request_uri"], pair.verifier

    def refresh(self, refresh_token: str, url: str | None = None) -> httpx.Response:
        return self.token(url, grant_type="refresh_token", client_id="app", refresh_token=refresh_token)

    def is_live(self, access_token: str, url: str | None = None) -> bool:
        headers = {"Authorization": f"Bearer {access_token}"}
        response = self.pool.get((url or self.gatehouse.urls[0]) + "/o/userinfo/", headers=headers)
        assert response.status_code in {200, 401}, response.text
        return response.status_code == 200


class Person:
    """A browser in which alice signs in."""

    def __init__(self, deployment: Deployment, url: str) -> None:
        self.deployment, self.url = deployment, url
        self.browser = deployment.open.enter_context(httpx.Client(base_url=url, timeout=60))

    def sign_in(self, username: str = ALICE[0], password: str = ALICE[1]) -> Self:
        page = self.browser.get("/accounts/login/")
        form = {"login": username, "password": password, "csrfmiddlewaretoken": csrf(page)}
        answer = self.browser.post("/accounts/login/", data=form, headers={"Referer": str(page.url)})
        assert answer.status_code == 303, answer.text
        return self

    def code(self, scope: str = "openid profile") -> dict[str, str]:
        """A token request for a fresh code, as a form."""
        pair = pkce()
        answer = self.browser.get(
            "/o/authorize/",
            params={**REQUEST, "scope": scope, "code_challenge": pair.challenge},
        )
        assert answer.status_code == 303, answer.text
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        return {
            "grant_type": "authorization_code",
            "client_id": "app",
            "code": code,
            "code_verifier": pair.verifier,
            "redirect_uri": REDIRECT_URI,
        }

    def tokens(self, scope: str = "openid profile") -> dict[str, str]:
        answer = self.deployment.token(self.url, **self.code(scope))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens

    def let_in(self, user_code: str) -> None:
        """Type a device's code and allow it."""
        page = self.browser.get("/o/device/", params={"user_code": user_code}, follow_redirects=True)
        form = {"user_code": user_code, "decision": "allow", "csrfmiddlewaretoken": csrf(page)}
        answer = self.browser.post("/o/device/", data=form, headers={"Referer": str(page.url)})
        assert answer.status_code == 303, answer.text

    def sign_out(self) -> None:
        page = self.browser.get("/accounts/logout/")
        answer = self.browser.post(
            "/accounts/logout/", data={"csrfmiddlewaretoken": csrf(page)}, headers={"Referer": str(page.url)}
        )
        assert answer.status_code in {302, 303}, answer.text


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
