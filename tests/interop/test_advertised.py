"""What is advertised and what was used are the same: nothing advertised is dead, nothing alive is hidden."""

import pytest

from tests.interop import wire
from tests.interop.browser.journey import BrowserJourney
from tests.interop.journey import Journey
from tests.interop.mcp_journey import McpJourney
from tests.interop.provider import Provider
from tests.interop.requests_journey import RequestsJourney
from tests.interop.strict import StrictJourney
from tests.interop.wire import Use

pytestmark = pytest.mark.full  # long

# Claims that a JWT has beside those that are about the person or the sign-in
PLUMBING = {Use("claims_supported", "jti")}


@pytest.fixture
def everybody(
    journeys: dict[str, Journey],
    requests_journey: RequestsJourney,
    browser_journey: BrowserJourney,
    strict_journey: StrictJourney,
    mcp_journeys: dict[str, McpJourney],
) -> None:
    """All that anybody ever did here."""


@pytest.fixture(params=["document", "resource"])
def document(request, provider: Provider, everybody: None):
    return getattr(provider, request.param)


def test_each_value_that_is_advertised_was_used(provider: Provider, document):
    assert wire.without_a_rule(document) == set(), "say in tests/interop/wire.py how its use is recognised"
    assert wire.advertised(document) - provider.used() == set()


def test_nothing_was_used_that_is_not_advertised(provider: Provider, document):
    named = {use for use in provider.used() if use.name in document}
    assert named - wire.advertised(document) - PLUMBING == set()
