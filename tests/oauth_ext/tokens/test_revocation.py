"""Revocation (RFC 7009): what a client gives up is dead at once, and nobody gives up another's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oauth_ext.families.models import EndReason, Family
from oauth_ext.tokens.models import RevokedToken
from tests.factories import make_client
from tests.oauth_ext.token_endpoint import SignedIn, basic, get, post, signed_in, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> SignedIn:
    return signed_in(scope="openid profile")


def revoke(client, text, **parameters):
    return post("/o/revoke_token/", client=client, token=text, **parameters)


def is_active(person, text):
    return post("/o/introspect/", client=person.client, token=text).body["active"]


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "something"])
def test_T36_either_token_ends_both_at_once(person, which, hint):
    assert revoke(person.client, person.tokens[which], token_type_hint=hint).status == 200
    assert not person.is_live()
    assert not is_active(person, person.access_token)
    assert not is_active(person, person.refresh_token)
    assert person.refresh().body["error"] == "invalid_grant"
    assert Family.objects.get().end_reason == EndReason.REVOKED


def test_T36_an_old_refresh_token_ends_the_family_as_what_it_was_made_for(person):
    newest = person.refresh().body
    Family.objects.update(turned_at=F("turned_at") - timedelta(days=1))
    assert revoke(person.client, person.refresh_token).status == 200
    assert Family.objects.get().end_reason == EndReason.REVOKED
    assert not person.is_live(newest["access_token"])


def test_T36_every_access_token_of_the_family_is_dead(person):
    second = person.refresh().body["access_token"]
    revoke(person.client, person.access_token)
    assert not person.is_live(second)


def test_T36_another_family_of_the_same_person_lives_on(person):
    other = signed_in(person.client, person.user)
    revoke(person.client, person.refresh_token)
    assert not person.is_live()
    assert other.is_live()


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_T36_another_client_revokes_nothing_and_does_not_learn_it(person, which):
    other = make_client("other")
    answer = revoke(other, person.tokens[which])
    unknown = revoke(other, "nonsense")
    assert (answer.status, answer.body) == (unknown.status, unknown.body) == (200, {})
    assert person.is_live()
    assert person.refresh().status == 200


def test_T36_again_is_no_error(person):
    for _ in range(2):
        assert revoke(person.client, person.refresh_token).status == 200
    assert Family.objects.get().end_reason == EndReason.REVOKED


def test_T36_a_forged_refresh_token_ends_nothing(person):
    head, _, mac = person.refresh_token.rpartition(".")
    forged = f"{head}.{'A' * len(mac)}"
    assert revoke(person.client, forged).status == 200
    assert person.is_live()


@pytest.mark.parametrize("text", ["", None])
def test_T36_a_token_must_be_there(person, text):
    answer = revoke(person.client, text)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


def test_T26_a_confidential_client_must_prove_who_it_is():
    client = make_client("conf", client_type="confidential", trusted=True, default_scopes=["openid"])
    person = signed_in(client)
    unproved = post("/o/revoke_token/", client_id="conf", token=person.refresh_token)
    wrong = post("/o/revoke_token/", authorization=basic("conf", "wrong"), token=person.refresh_token)
    assert (unproved.status, wrong.status) == (401, 401)
    assert person.is_live()
    assert revoke(client, person.refresh_token).status == 200
    assert not person.is_live()


def test_T36_POST_alone(person):
    for method in ("GET", "PUT", "DELETE"):
        response = Client().generic(method, f"/o/revoke_token/?token={person.refresh_token}&client_id=app")
        assert response.status_code == 405
        assert "POST" in response["Allow"]
    assert person.is_live()


def test_T36_a_clients_own_token_is_dead_and_its_next_one_is_not():
    client = make_client("machine", client_type="confidential", redirect_uris=[], grant_types=["client_credentials"])
    first, second = (token(client, "client_credentials").body["access_token"] for _ in range(2))
    for _ in range(2):
        assert revoke(client, first).status == 200
    assert post("/o/introspect/", client=client, token=first).body == {"active": False}
    assert post("/o/introspect/", client=client, token=second).body["active"] is True
    assert RevokedToken.objects.count() == 1


def test_T36_a_revoked_token_buys_nothing_at_the_other_front_either(person):
    assert get("/api/userinfo/", person.access_token).status == 200
    revoke(person.client, person.refresh_token)
    assert get("/api/userinfo/", person.access_token).status == 401


def test_statements_of_a_revocation(person):
    with CaptureQueriesContext(connection) as queries:
        revoke(person.client, person.refresh_token)
    statements = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert statements == ["SELECT", "SELECT", "UPDATE", "SELECT", "INSERT"]  # whose it was, for the trail
