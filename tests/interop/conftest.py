"""A running server, and the journeys of other people's clients through it. Each happens once a worker."""

from collections.abc import Iterator

import pytest

from tests.interop.browser.journey import BrowserJourney
from tests.interop.journey import KINDS, Journey
from tests.interop.mcp_journey import REDIRECT_URI, McpJourney
from tests.interop.provider import Provider
from tests.interop.requests_journey import RequestsJourney
from tests.interop.strict import StrictJourney
from tests.stack.fixtures import StartGatehouse


@pytest.fixture(scope="session")
def provider(start_gatehouse: StartGatehouse) -> Iterator[Provider]:
    """The server as its metadata describe it."""
    with Provider(start_gatehouse) as provider:
        yield provider


@pytest.fixture(scope="session")
def journeys(provider: Provider) -> dict[str, Journey]:
    """What each kind of client lived through with Authlib, from the first redirect to signing out."""
    for kind in KINDS.values():
        provider.register(*kind.options())
    return {name: Journey(provider, kind) for name, kind in KINDS.items()}


@pytest.fixture(params=KINDS)
def journey(journeys: dict[str, Journey], request: pytest.FixtureRequest) -> Journey:
    """One of them."""
    return journeys[request.param]


@pytest.fixture(scope="session")
def requests_journey(provider: Provider) -> RequestsJourney:
    """The same with requests-oauthlib."""
    return RequestsJourney(provider)


@pytest.fixture(scope="session")
def browser_journey(provider: Provider) -> BrowserJourney:
    """The same with oidc-client-ts, in Chromium."""
    return BrowserJourney(provider)


@pytest.fixture(scope="session")
def strict_journey(provider: Provider) -> StrictJourney:
    """What none of them does, by a client of our own that knows the metadata and the specifications."""
    return StrictJourney(provider)


@pytest.fixture(scope="session")
def mcp_journeys(provider: Provider) -> dict[str, McpJourney]:
    """The SDK of the Model Context Protocol, once registered by itself and once as the URL of its document."""
    documents = provider.documents
    documents.document = {
        "client_id": documents.url,
        "client_name": "Agent",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    }
    return {"registered": McpJourney(provider), "document": McpJourney(provider, documents.url)}
