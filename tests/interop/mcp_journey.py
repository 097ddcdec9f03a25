"""A sign-in as the official SDK of the Model Context Protocol leads it: it knows nothing but the address of an API."""

import asyncio
from typing import Any

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.browser import Walker
from tests.interop.provider import Provider

REDIRECT_URI = "http://127.0.0.1:8976/callback"
QUERY = {"query": "{ me { username } }"}


class Memory:
    """Where the SDK keeps what it has."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class McpJourney:
    """An agent's client calls `/graphql` without anything, and comes back with an answer.

    Without `metadata_url` it registers itself, with it that URL is its name. Each step leaves what it saw.
    """

    def __init__(self, provider: Provider, metadata_url: str | None = None) -> None:
        self.provider, self.memory = provider, Memory()
        self.answer: dict[str, str] = {}
        auth = OAuthClientProvider(
            f"{provider.issuer}/graphql",
            OAuthClientMetadata(
                client_name="Agent",
                redirect_uris=[AnyUrl(REDIRECT_URI)],
                grant_types=["authorization_code", "refresh_token"],
                token_endpoint_auth_method="none",
            ),
            self.memory,
            redirect_handler=self.sign_in,
            callback_handler=self.come_back,
            client_metadata_url=metadata_url,
        )
        asyncio.run(self.live(auth))

    async def live(self, auth: OAuthClientProvider) -> None:
        async with httpx2.AsyncClient(auth=auth, timeout=60) as http:
            self.called = await self.call(http)
            self.first = self.memory.tokens
            auth.context.token_expiry_time = 1  # long ago: it refreshes
            self.called_again = await self.call(http)
            self.second = self.memory.tokens

    async def call(self, http: httpx2.AsyncClient) -> dict[str, Any]:
        answer = await http.post(f"{self.provider.issuer}/graphql", json=QUERY)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    async def sign_in(self, url: str) -> None:
        with Walker() as browser:
            self.answer = await asyncio.to_thread(browser.go, url, REDIRECT_URI)

    async def come_back(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**self.answer)
