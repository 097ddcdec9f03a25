"""The whole life of a sign-in as Authlib leads it; every address and name comes from the server's metadata."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt

from tests.browser import Walker
from tests.interop.provider import Provider

REDIRECT_URI = "https://app.example/callback"
AFTERWARDS = "https://app.example/signed-out"
SCOPE = "openid profile email roles"


@dataclass(frozen=True)
class Kind:
    """A client by how it authenticates and by what its ID tokens are signed with (None: it says nothing)."""

    client_id: str
    auth_method: str
    algorithm: str | None = None
    secret: str | None = None

    def options(self) -> list[str]:
        """How `create_oauth_app` makes it. It is not trusted, so consent is asked."""
        options = [
            self.client_id,
            f"--auth-method={self.auth_method}",
            f"--redirect-uri={REDIRECT_URI}",
            f"--post-logout-redirect-uri={AFTERWARDS}",
            "--grant=authorization_code",
            "--grant=refresh_token",
            *(f"--scope={scope}" for scope in (*SCOPE.split(), "offline_access")),
        ]
        if self.algorithm:
            options.append(f"--id-token-alg={self.algorithm}")
        if self.secret:
            options += ["--type=confidential", f"--secret={self.secret}"]
            options += ["--grant=client_credentials", "--scope=tokens:introspect"]
        return options


KINDS = {
    kind.auth_method: kind
    for kind in (
        Kind("browser", "none", "ES256"),
        # (Authlib writes a Basic header without the encoding of RFC 6749 §2.3.1; such a secret needs none)
        Kind("backend", "client_secret_basic", secret=secrets.token_urlsafe(32)),
        Kind("poster", "client_secret_post", secret=secrets.token_urlsafe(32)),
    )
}


class Journey:
    """A sign-in of alice through one client, step after step; each step leaves what it saw."""

    def __init__(self, provider: Provider, kind: Kind) -> None:
        self.provider, self.kind = provider, kind
        with Walker() as self.browser, self.client() as client:
            self.sign_in(client)
            self.read_id_token()
            self.userinfo = client.get(provider["userinfo_endpoint"]).raise_for_status().json()
            self.introspected = self.introspect(client, self.tokens["access_token"])
            self.refreshed = dict(client.refresh_token(provider["token_endpoint"]))
            self.second_userinfo = client.get(provider["userinfo_endpoint"]).raise_for_status().json()
            self.revoked = client.revoke_token(
                provider["revocation_endpoint"], self.refreshed["refresh_token"], token_type_hint="refresh_token"
            )
            self.introspected_afterwards = self.introspect(client, self.refreshed["access_token"])
            self.after_revocation = client.get(provider["userinfo_endpoint"])
            self.sign_out()
        self.by_itself = self.machine() if self.kind.secret else {}

    def client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self.kind.client_id,
            client_secret=self.kind.secret,
            token_endpoint_auth_method=self.kind.auth_method,
            revocation_endpoint_auth_method=self.kind.auth_method,
            scope=SCOPE,
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
        )

    def sign_in(self, client: OAuth2Client) -> None:
        self.nonce, verifier = generate_token(32), generate_token(64)
        url, self.state = client.create_authorization_url(
            self.provider["authorization_endpoint"], code_verifier=verifier, nonce=self.nonce
        )
        self.answer = self.browser.go(url, REDIRECT_URI)
        response = httpx2.URL(REDIRECT_URI, params=self.answer)
        self.tokens = dict(
            client.fetch_token(
                self.provider["token_endpoint"],
                authorization_response=str(response),
                state=self.state,
                code_verifier=verifier,
            )
        )

    def read_id_token(self) -> None:
        """As OIDC Core §3.1.3.7 has it; raises where a check fails."""
        advertised = self.provider["id_token_signing_alg_values_supported"]
        token = jwt.decode(self.tokens["id_token"], self.provider.key_set(), algorithms=advertised)
        self.header = token.header
        self.claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": self.provider["issuer"]},
                "aud": {"essential": True, "value": self.kind.client_id},
                "at_hash": {"essential": True},
            },
            params={
                "nonce": self.nonce,
                "client_id": self.kind.client_id,
                "access_token": self.tokens["access_token"],
            },
        )
        self.claims.validate()

    def introspect(self, client: OAuth2Client, token: str) -> dict[str, Any]:
        answer = client.introspect_token(self.provider["introspection_endpoint"], token)
        body: dict[str, Any] = answer.json()
        return {"status": answer.status_code, **body}

    def sign_out(self) -> None:
        question = {
            "id_token_hint": self.tokens["id_token"],
            "client_id": self.kind.client_id,
            "post_logout_redirect_uri": AFTERWARDS,
            "state": "bye",
        }
        self.goodbye = self.browser.go(
            str(httpx2.URL(self.provider["end_session_endpoint"], params=question)), AFTERWARDS
        )
        silently = {"prompt": "none", "code_challenge": "x" * 43, "code_challenge_method": "S256"}
        with self.client() as client:
            url, _ = client.create_authorization_url(self.provider["authorization_endpoint"], **silently)
        self.still_there = self.browser.go(url, REDIRECT_URI)

    def machine(self) -> dict[str, Any]:
        """What the client gets in its own name, and what it is told of that."""
        with OAuth2Client(
            client_id=self.kind.client_id,
            client_secret=self.kind.secret,
            token_endpoint_auth_method=self.kind.auth_method,
            grant_type="client_credentials",
        ) as client:
            token = client.fetch_token(self.provider["token_endpoint"], scope="tokens:introspect")
            return {"token": dict(token), "told": self.introspect(client, token["access_token"])}
