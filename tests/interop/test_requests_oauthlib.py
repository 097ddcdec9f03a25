"""requests-oauthlib as an independent client."""

import pytest

from tests.interop.requests_journey import CLIENT_ID, SCOPE, RequestsJourney

pytestmark = pytest.mark.full  # long


def test_it_signs_in_and_refreshes(requests_journey: RequestsJourney):
    journey = requests_journey
    assert journey.answer["state"] == journey.state
    assert journey.tokens["scope"] == SCOPE
    assert journey.userinfo["preferred_username"] == "alice"
    assert journey.refreshed["refresh_token"] != journey.tokens["refresh_token"]
    assert journey.api["username"] == "alice"


def test_it_gets_a_token_of_its_own_and_asks_about_another(requests_journey: RequestsJourney):
    journey = requests_journey
    assert journey.machine["scope"] == ["tokens:introspect"]
    assert "refresh_token" not in journey.machine
    assert (journey.introspected["active"], journey.introspected["client_id"]) == (True, CLIENT_ID)
    assert journey.introspected["sub"] == journey.userinfo["sub"]
