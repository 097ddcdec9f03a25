"""The official SDK of the Model Context Protocol, end to end: it discovers, registers, signs in and calls."""

import pytest

from tests.interop.mcp_journey import McpJourney
from tests.interop.provider import Provider

pytestmark = pytest.mark.full  # long


@pytest.fixture(params=["registered", "document"])
def journey(request: pytest.FixtureRequest, mcp_journeys: dict[str, McpJourney]) -> McpJourney:
    return mcp_journeys[request.param]


def test_from_an_address_alone_to_an_answer(journey: McpJourney):
    assert journey.called == journey.called_again == {"data": {"me": {"username": "alice"}}}
    assert journey.first
    assert journey.second
    assert journey.first.access_token != journey.second.access_token
    assert journey.first.refresh_token != journey.second.refresh_token


def test_it_registers_itself(mcp_journeys: dict[str, McpJourney], provider: Provider):
    client = mcp_journeys["registered"].memory.client
    assert client
    assert client.client_id
    exchange = next(exchange for exchange in provider.recorder.exchanges if exchange.path == "/o/register/")
    assert exchange.status == 201


def test_or_is_the_url_of_its_document(mcp_journeys: dict[str, McpJourney], provider: Provider):
    client = mcp_journeys["document"].memory.client
    assert client
    assert client.client_id == provider.documents.url
    assert provider.documents.asked == 1


def test_its_token_is_for_the_api_that_it_called(journey: McpJourney, provider: Provider):
    assert journey.second
    machine = provider.http.post(
        f"{provider.issuer}/api/validate-token/", json={"token": journey.second.access_token}
    ).json()
    assert machine["active"] is True
    assert machine["aud"] == [f"{provider.issuer}/graphql"]
