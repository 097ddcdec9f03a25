"""A sign-in as requests-oauthlib leads it, and a client by itself."""

import secrets
from typing import Any

import pytest
import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

from tests.browser import Walker
from tests.interop.provider import Provider

CLIENT_ID, REDIRECT_URI = "requests", "https://requests.example/callback"
SCOPE = ["openid", "profile", "email", "offline_access"]


class RequestsJourney:
    """Each step leaves what it saw."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.secret = provider, secrets.token_urlsafe(32)
        provider.register(
            CLIENT_ID,
            "--type=confidential",
            "--auth-method=client_secret_basic",
            f"--secret={self.secret}",
            f"--redirect-uri={REDIRECT_URI}",
            *(f"--grant={grant}" for grant in ("authorization_code", "refresh_token", "client_credentials")),
            *(f"--scope={scope}" for scope in (*SCOPE, "tokens:introspect")),
        )
        with pytest.MonkeyPatch.context() as patch, Walker() as self.browser:
            patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # it knows no loopback issuer
            self.sign_in()
            self.be_a_machine()

    def sign_in(self) -> None:
        provider, auth = self.provider, (CLIENT_ID, self.secret)
        with OAuth2Session(CLIENT_ID, redirect_uri=REDIRECT_URI, scope=SCOPE, pkce="S256") as session:
            url, self.state = session.authorization_url(provider["authorization_endpoint"])
            self.answer = self.browser.go(url, REDIRECT_URI)
            response = requests.Request(url=REDIRECT_URI, params=self.answer).prepare().url
            self.tokens: dict[str, Any] = dict(
                session.fetch_token(provider["token_endpoint"], authorization_response=response, auth=auth)
            )
            self.userinfo = session.get(provider["userinfo_endpoint"]).json()
            self.refreshed: dict[str, Any] = dict(session.refresh_token(provider["token_endpoint"], auth=auth))
            self.api = session.get(f"{provider.issuer}/api/userinfo/").json()

    def be_a_machine(self) -> None:
        client = BackendApplicationClient(client_id=CLIENT_ID, scope=["tokens:introspect"])
        with OAuth2Session(client=client) as session:
            token = session.fetch_token(self.provider["token_endpoint"], client_secret=self.secret)
            self.machine: dict[str, Any] = dict(token)
            told = {"token": self.refreshed["access_token"]}
            auth = (CLIENT_ID, self.secret)
            self.introspected = requests.post(
                self.provider["introspection_endpoint"], told, auth=auth, timeout=30
            ).json()
