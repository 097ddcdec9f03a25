"""What a sign-in must be recent for: the demand (RFC 9470), the way to meet it, and what it then does."""

import json
import re
import time

import pytest
import time_machine
from django.test import Client

from oauth_ext.clients.models import GrantType
from oauth_ext.resources import services as resources
from tests.dpop import Prover
from tests.factories import PASSWORD, SECRET, answer_of, authorization_parameters, make_client, make_user, pkce, sign_in
from tests.graph.asking import codes, post
from tests.oauth_ext.token_endpoint import SignedIn, get, get_code, signed_in, token

pytestmark = pytest.mark.django_db
EVERYWHERE = "mutation{signOutEverywhere{signedOut errors{code}}}"
API = "http://localhost:8000/graphql"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def alice() -> SignedIn:
    return signed_in()


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(time.time() + seconds, tick=False)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_T78_RFC9470_3_an_old_sign_in_is_told_what_would_do(alice, accept):
    with later(301):
        response = post(EVERYWHERE, alice.access_token, accept=accept)
        assert response.status_code == 401
        error = json.loads(response.content)["errors"][0]
        assert error["extensions"]["code"] == "INSUFFICIENT_USER_AUTHENTICATION"
        assert error["extensions"]["maxAge"] == 300
        challenge = response.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="gatehouse"')
        assert 'error="insufficient_user_authentication"' in challenge
        assert 'max_age="300"' in challenge
        assert "resource_metadata=" in challenge
        assert alice.is_live()


def test_T78_a_fresh_sign_in_is_not_made_older_by_refreshing_nor_younger(alice):
    with later(301):
        refreshed = alice.refresh().body["access_token"]
        assert post(EVERYWHERE, refreshed).status_code == 401
        # nor is an old token by a sign-in that came after it
        sign_in(alice.browser, alice.user)
        assert post(EVERYWHERE, refreshed).status_code == 401


def test_T78_a_bound_token_is_told_by_its_own_scheme():
    prover = Prover()
    code = get_code()
    tokens = token(
        code.client,
        "authorization_code",
        code=code.code,
        code_verifier=code.verifier,
        redirect_uri=code.client.redirect_uris[0],
        proof=prover.proof(),
    ).body
    with later(301):
        proof = prover.proof(htu=API, access_token=tokens["access_token"])
        response = Client().post(
            "/graphql",
            {"query": EVERYWHERE},
            content_type="application/json",
            headers={"authorization": f"DPoP {tokens['access_token']}", "dpop": proof},
        )
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("DPoP ")
    assert 'max_age="300"' in response.headers["WWW-Authenticate"]


def test_other_fields_of_the_request_are_not_lost(alice):
    with later(301):
        response = post("{me{sub} validateToken{active}}", alice.access_token)
    assert response.status_code == 200


def test_T78_the_person_is_sent_to_sign_in_again_and_the_new_token_will_do(alice):
    with later(301):
        response = post(EVERYWHERE, alice.access_token)
        wanted = re.search(r'max_age="(\d+)"', response.headers["WWW-Authenticate"])
        assert wanted
        pair = pkce()
        parameters = authorization_parameters(alice.client, pair.challenge, max_age=wanted[1])
        page = alice.browser.get("/o/authorize/", parameters).headers["Location"]
        assert page.startswith("/accounts/login/")
        back = alice.browser.post(page, {"login": alice.user.username, "password": PASSWORD}).headers["Location"]
        code = answer_of(alice.browser.get(back))["code"]
        redeemed = token(
            alice.client,
            "authorization_code",
            code=code,
            code_verifier=pair.verifier,
            redirect_uri=alice.client.redirect_uris[0],
        )
        fresh = redeemed.body["access_token"]
        assert codes(post(EVERYWHERE, alice.access_token)) == ["INSUFFICIENT_USER_AUTHENTICATION"]
        answer = json.loads(post(EVERYWHERE, fresh).content)
        assert answer == {"data": {"signOutEverywhere": {"signedOut": True, "errors": []}}}


def test_T36_it_ends_every_session_grant_and_token_at_once(alice):
    elsewhere = signed_in(make_client("another", trusted=True, default_scopes=["openid"]), alice.user)
    offline = get_code(alice.client, alice.user, scope="openid offline_access").redeem().body
    waiting = get_code(alice.client, alice.user)
    stranger = signed_in(make_client("third", trusted=True, default_scopes=["openid"]), make_user("bob"))
    assert post(EVERYWHERE, alice.access_token).status_code == 200
    for access_token in (alice.access_token, elsewhere.access_token, offline["access_token"]):
        assert get("/o/userinfo/", access_token).status == 401
        assert post("{me{sub}}", access_token).status_code == 401
    for client, refresh_token in (
        (alice.client, alice.refresh_token),
        (elsewhere.client, elsewhere.refresh_token),
        (alice.client, offline["refresh_token"]),
    ):
        assert token(client, "refresh_token", refresh_token=refresh_token).body["error"] == "invalid_grant"
    assert waiting.redeem().body["error"] == "invalid_grant"
    query = authorization_parameters(alice.client, pkce().challenge)
    assert alice.browser.get("/o/authorize/", query).headers["Location"].startswith("/accounts/login/")
    assert stranger.is_live()


def test_a_client_by_itself_has_nobody_to_sign_out():
    machine = make_client("machine", client_type="confidential", grant_types=["client_credentials"], redirect_uris=[])
    own = token(machine, "client_credentials").body["access_token"]
    response = post(EVERYWHERE, own)
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_who_acts_for_somebody_does_not_sign_them_out(alice):
    service = make_client(
        "service",
        secret=SECRET,
        client_type="confidential",
        redirect_uris=[],
        grant_types=[GrantType.TOKEN_EXCHANGE],
        exchange_resources=["http://localhost:8000"],
        scopes=["openid"],
    )
    resources.register("https://service.example", service.pk)
    subject = get_code(alice.client, alice.user, resource="https://service.example").redeem().body["access_token"]
    acting = token(
        service,
        GrantType.TOKEN_EXCHANGE,
        subject_token=subject,
        subject_token_type=ACCESS_TOKEN,
        resource="http://localhost:8000",
    )
    assert acting.status == 200, acting.body
    assert codes(post(EVERYWHERE, acting.body["access_token"])) == ["FORBIDDEN"]
    assert alice.is_live()
