"""The authorization code grant (RFC 6749 §4.1.3, RFC 7636)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.users import services as users
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients import services as clients
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import EndReason, Family
from oauth_ext.models import AccessToken, DeviceGrant, IDToken, RefreshToken
from tests.factories import make_client, pkce
from tests.oauth_ext.token_endpoint import get, get_code, token

pytestmark = pytest.mark.django_db


def test_a_code_buys_a_family_and_its_tokens():
    code = get_code(scope="openid profile")
    answer = code.redeem()
    assert answer.status == 200
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == 600
    assert answer.body["scope"] == "openid profile"
    assert answer.body["refresh_token"].startswith("r1.")
    assert answer.body["id_token"].count(".") == 2
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert answer.response.headers["Content-Type"] == "application/json"
    assert get("/o/userinfo/", answer.body["access_token"]).status == 200


def test_DOTs_own_tables_stay_empty():
    code = get_code()
    code.redeem()
    for model in (AccessToken, RefreshToken, IDToken, DeviceGrant):
        assert not model.objects.exists()


def test_T08_code_replay_revokes_what_it_bought():
    code = get_code()
    first = code.redeem()
    second = code.redeem()
    assert (second.status, second.body["error"]) == (400, "invalid_grant")
    assert get("/o/userinfo/", first.body["access_token"]).status == 401
    assert token(code.client, "refresh_token", refresh_token=first.body["refresh_token"]).status == 400
    assert Family.objects.get().end_reason == EndReason.CODE_REPLAY


def test_T08_a_replay_is_known_when_the_session_is_long_gone():
    code = get_code(scope="openid offline_access")
    first = code.redeem()
    Session.objects.all().delete()
    assert get("/o/userinfo/", first.body["access_token"]).status == 200
    assert code.redeem().body["error"] == "invalid_grant"
    assert get("/o/userinfo/", first.body["access_token"]).status == 401


def test_T09_a_code_lives_sixty_seconds():
    code = get_code()
    row = AuthorizationCode.objects.get()
    assert (row.expires_at - row.created_at) <= timedelta(seconds=60)
    AuthorizationCode.objects.update(expires_at=timezone.now())
    assert code.redeem().body["error"] == "invalid_grant"
    assert not Family.objects.exists()


def test_T11_a_code_is_bound_to_its_client_and_anothers_attempt_changes_nothing():
    code = get_code()
    other = make_client("other")
    assert code.redeem(client=other).body["error"] == "invalid_grant"
    assert code.redeem().status == 200


@pytest.mark.parametrize("redirect_uri", ["https://app.example/other", "https://app.example/callback/", None, ""])
def test_T11_a_code_is_bound_to_its_redirect_uri(redirect_uri):
    code = get_code()
    assert code.redeem(redirect_uri=redirect_uri).body["error"] == "invalid_grant"
    assert code.redeem().status == 200


def test_T11_a_redirect_uri_that_was_not_asked_for_is_not_sent():
    code = get_code(scope="profile", redirect_uri=None)
    assert code.redeem().body["error"] == "invalid_grant"
    assert code.redeem(redirect_uri=None).status == 200


def test_T11_a_wrong_verifier_burns_the_code():
    code = get_code()
    assert code.redeem(code_verifier=pkce().verifier).body["error"] == "invalid_grant"
    assert code.redeem().body["error"] == "invalid_grant"
    assert not Family.objects.exists()


@pytest.mark.parametrize("verifier", [None, "", "short", "x" * 129, "!" * 43])
def test_T05_no_code_is_redeemed_without_its_verifier(verifier):
    code = get_code()
    assert code.redeem(code_verifier=verifier).body["error"] == "invalid_request"
    assert not Family.objects.exists()


def test_T35_a_client_uses_only_its_own_grants():
    client = make_client(trusted=True, grant_types=["authorization_code"])
    code = get_code(client)
    answer = code.redeem()
    assert answer.status == 200
    assert "refresh_token" not in answer.body
    for grant in ("refresh_token", "client_credentials"):
        assert token(client, grant, refresh_token="r1.x").body["error"] == "unauthorized_client"
    assert token(client, "password", username="alice", password="x").body["error"] == "unsupported_grant_type"
    assert token(client, "implicit").body["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    "what",
    [
        lambda code: users.deactivate(code.user),
        lambda code: users.sign_out_everywhere(code.user),
        lambda code: sessions.end(code.session.pk),
        lambda code: clients.set_trusted(code.client, trusted=False),
        lambda code: code.user.delete(),
    ],
)
def test_T38_what_ended_between_code_and_token_buys_nothing(what):
    code = get_code()
    what(code)
    assert code.redeem().body["error"] == "invalid_grant"
    assert not Family.objects.exists()


def test_a_consent_taken_back_between_code_and_token_buys_nothing():
    code = get_code(make_client())
    assert Consent.objects.update(revoked_at=timezone.now()) == 1
    assert code.redeem().body["error"] == "invalid_grant"


def test_T32_resource_is_narrowed_and_never_widened():
    code = get_code()
    assert code.redeem(resource="https://api.example").body["error"] == "invalid_target"
    assert code.redeem().status == 200


@pytest.mark.parametrize("name", ["authorization_details", "assertion"])
def test_T12_a_parameter_that_we_know_and_lack_is_refused_by_name(name):
    code = get_code()
    answer = code.redeem(**{name: "x"})
    assert answer.body["error"] == "invalid_request"
    assert name in answer.body["error_description"]
    assert code.redeem().status == 200


def test_a_grant_that_we_lack_is_called_so():
    device = "urn:openid:params:grant-type:ciba"
    answer = token(make_client(), device, device_code="x")
    assert answer.body["error"] == "unsupported_grant_type"
