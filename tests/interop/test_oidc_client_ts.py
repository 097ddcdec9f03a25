"""oidc-client-ts as an independent client, in a browser and on another origin than the server's."""

import pytest

from tests.interop.browser.journey import SCOPE, BrowserJourney

pytestmark = pytest.mark.full  # long


def test_it_signs_in_with_pkce_and_reads_userinfo(browser_journey: BrowserJourney):
    user = browser_journey.user
    assert browser_journey.errors == []
    assert user["state"] == {"from": "here"}
    assert user["scope"] == SCOPE
    assert user["profile"]["preferred_username"] == "alice"
    assert user["profile"]["iss"] == browser_journey.provider.issuer
    assert user["expired"] is False


def test_it_renews_in_silence_by_its_refresh_token(browser_journey: BrowserJourney):
    user, renewed = browser_journey.user, browser_journey.renewed
    assert renewed["access_token"] != user["access_token"]
    assert renewed["refresh_token"] != user["refresh_token"]
    assert renewed["profile"]["sub"] == user["profile"]["sub"]


def test_T56_it_revokes_and_signs_out_and_comes_back(browser_journey: BrowserJourney):
    journey = browser_journey
    revoked = [exchange.body for exchange in journey.provider.recorder.to("/o/revoke_token/")]
    assert any(f"token={journey.renewed['refresh_token']}" in body for body in revoked)
    assert journey.signed_out["userState"] == "bye"
    assert journey.left is None
    dead = journey.provider.http.get(
        journey.provider["userinfo_endpoint"], headers={"Authorization": f"Bearer {journey.renewed['access_token']}"}
    )
    assert dead.status_code == 401
