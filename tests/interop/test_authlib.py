"""Authlib as an independent client: discovery, sign-in, tokens and their ends."""

import time

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from authlib.oidc.discovery import OpenIDProviderMetadata

from tests.interop.journey import KINDS, SCOPE, Journey, Kind
from tests.interop.provider import Provider

MACHINES = [kind for kind in KINDS.values() if kind.secret]


@pytest.mark.parametrize("model", [OpenIDProviderMetadata, AuthorizationServerMetadata])
def test_the_metadata_are_valid(provider: Provider, model):
    address = get_well_known_url(provider.issuer, external=True)
    assert provider.http.get(address).json() == provider.document
    over_https = {name: _over_https(value) for name, value in provider.document.items()}
    model(over_https).validate()  # which knows no loopback issuer


def _over_https(value):
    return "https:" + value.removeprefix("http:") if isinstance(value, str) else value


def test_T06_the_answer_names_its_issuer(journey: Journey):
    assert journey.provider["authorization_response_iss_parameter_supported"] is True
    assert journey.answer == {
        "code": journey.answer["code"],
        "state": journey.state,
        "iss": journey.provider.issuer,
    }


def test_the_id_token_stands_every_check(journey: Journey):
    # Authlib has judged it by then: signature by the JWKS, iss, aud, exp, iat, nonce, at_hash
    assert journey.header["alg"] == (journey.kind.algorithm or "RS256")
    assert journey.header["kid"] in {key.kid for key in journey.provider.key_set()}
    assert journey.claims["nonce"] == journey.nonce
    assert abs(journey.claims["auth_time"] - time.time()) < 600
    assert journey.claims["acr"] in journey.provider["acr_values_supported"]
    assert journey.claims.keys() <= {*journey.provider["claims_supported"], "jti"}


def test_tokens_and_userinfo_tell_of_the_same_person(journey: Journey):
    assert journey.tokens["token_type"] == "Bearer"
    assert journey.tokens["scope"] == SCOPE
    assert (journey.userinfo["sub"], journey.userinfo["preferred_username"]) == (journey.claims["sub"], "alice")
    assert journey.userinfo.keys() <= set(journey.provider["claims_supported"])
    assert journey.second_userinfo == journey.userinfo


def test_a_subject_is_the_same_for_every_client(journeys: dict[str, Journey]):
    assert len({journey.claims["sub"] for journey in journeys.values()}) == 1


def test_refreshing_turns_the_token(journey: Journey):
    assert journey.refreshed["access_token"] != journey.tokens["access_token"]
    assert journey.refreshed["refresh_token"] != journey.tokens["refresh_token"]
    assert journey.refreshed["scope"] == SCOPE


def test_revoking_ends_everything_at_once(journey: Journey):
    assert journey.revoked.status_code == 200
    assert journey.after_revocation.status_code == 401
    assert 'error="invalid_token"' in journey.after_revocation.headers["WWW-Authenticate"]


def test_introspection_answers_who_may_ask(journey: Journey):
    assert journey.introspected["status"] == 200
    assert journey.introspected["active"] is True
    assert journey.introspected["sub"] == journey.claims["sub"]
    assert journey.introspected["scope"] == SCOPE
    assert journey.introspected_afterwards == {"status": 200, "active": False}


def test_T56_signing_out_leads_back_and_ends_the_session(journey: Journey):
    assert journey.goodbye == {"state": "bye"}
    assert journey.still_there["error"] == "login_required"
    assert journey.still_there["iss"] == journey.provider.issuer


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.auth_method)
def test_a_machine_by_itself(journeys: dict[str, Journey], kind: Kind):
    seen = journeys[kind.auth_method].by_itself
    assert "refresh_token" not in seen["token"]
    told = seen["told"]
    assert (told["active"], told["client_id"], told["sub"]) == (True, kind.client_id, kind.client_id)


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.auth_method)
def test_T26_a_wrong_secret_is_an_error_that_a_client_understands(provider: Provider, kind: Kind):
    options = {"token_endpoint_auth_method": kind.auth_method, "grant_type": "client_credentials"}
    with OAuth2Client(kind.client_id, "wrong", **options) as client, pytest.raises(OAuthError) as refused:
        client.fetch_token(provider["token_endpoint"])
    assert refused.value.error == "invalid_client"
