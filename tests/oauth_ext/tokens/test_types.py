"""Each endpoint takes its own kind of token and treats every other as none (RFC 8725 §3.11, RFC 9068 §2.1)."""

import pytest
from django.test import Client

from oauth_ext.families.models import Family
from oauth_ext.keys import services as keys
from tests.factories import make_client
from tests.oauth_ext.token_endpoint import get, post, signed_in

pytestmark = pytest.mark.django_db
KINDS = ("access", "id", "logout", "refresh")


@pytest.fixture
def person():
    return signed_in(make_client(trusted=True, algorithm="ES256"), scope="openid profile")


@pytest.fixture
def tokens(person):
    """One of each for the same person and client; the logout token is forged with our key and claims all it can."""
    access = keys.verify(person.access_token, typ="at+jwt").claims
    identity = keys.verify(person.tokens["id_token"], typ="JWT").claims
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    return {
        "access": person.access_token,
        "id": person.tokens["id_token"],
        "logout": keys.sign("ES256", {**identity, **access, "events": events}, typ="logout+jwt"),
        "refresh": person.refresh_token,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_T47_at_userinfo_and_the_api_an_access_token_counts(tokens, kind):
    expected = 200 if kind == "access" else 401
    assert get("/o/userinfo/", tokens[kind]).status == expected
    assert get("/api/userinfo/", tokens[kind]).status == expected


@pytest.mark.parametrize("kind", KINDS)
def test_T47_at_validate_token_an_access_token_counts(tokens, kind):
    answer = Client().post("/api/validate-token/", {"token": tokens[kind]}, content_type="application/json")
    assert answer.json()["active"] is (kind == "access")


@pytest.mark.parametrize("kind", KINDS)
def test_T47_at_introspection_an_access_or_a_refresh_token_counts(person, tokens, kind):
    answer = post("/o/introspect/", client=person.client, token=tokens[kind])
    assert answer.body["active"] is (kind in {"access", "refresh"})
    assert answer.body.get("token_type") == ("Bearer" if kind == "access" else None)


@pytest.mark.parametrize("kind", KINDS)
def test_T47_at_revocation_an_access_or_a_refresh_token_counts(person, tokens, kind):
    assert post("/o/revoke_token/", client=person.client, token=tokens[kind]).status == 200
    assert (Family.objects.get().ended_at is not None) is (kind in {"access", "refresh"})


@pytest.mark.parametrize("kind", KINDS)
def test_T47_as_id_token_hint_an_id_token_counts(tokens, kind):
    if kind == "logout":  # for the client, as an ID token is: only its type tells
        identity = keys.verify(tokens["id"], typ="JWT").claims
        tokens["logout"] = keys.sign("ES256", identity, typ="logout+jwt")
    response = Client().get("/o/logout/", {"id_token_hint": tokens[kind]})
    assert response.status_code == (200 if kind == "id" else 400)


@pytest.mark.parametrize("kind", KINDS)
def test_T47_at_the_token_endpoint_a_refresh_token_counts(person, tokens, kind):
    assert person.refresh(tokens[kind]).status == (200 if kind == "refresh" else 400)
    assert Family.objects.get().ended_at is None
