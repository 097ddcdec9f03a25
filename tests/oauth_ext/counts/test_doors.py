"""Which requests are counted: by whichever door a token is checked, and none whose token was refused."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from oauth_ext.counts import services as counts
from tests.dpop import ISSUER, Prover
from tests.factories import make_client
from tests.graph.asking import bearer
from tests.graph.asking import post as ask
from tests.oauth_ext.token_endpoint import SignedIn, get, post, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice() -> SignedIn:
    """Somebody at a client, of whom nothing is counted yet."""
    counts._sums.take()
    return signed_in(make_client(trusted=True), scope="openid roles")


def counted() -> dict[tuple[int, str], int]:
    return {(key.client_pk, key.kind): number for key, number in counts._sums.take().items()}


DOORS = {
    "userinfo": lambda token: get("/o/userinfo/", token).status == 200,
    "GraphQL": lambda token: ask("{me{sub}}", token).status_code == 200,
    "a REST shim": lambda token: Client().get("/api/roles/", headers=bearer(token)).status_code == 200,
    "validateToken": lambda token: ask("{validateToken{active}}", token).status_code == 200,
}


@pytest.mark.parametrize("door", DOORS)
def test_a_good_token_is_counted_once_a_request_whichever_door_it_comes_to(alice: SignedIn, door):
    assert DOORS[door](alice.access_token)
    assert counted() == {(alice.client.pk, counts.CHECK): 1}
    assert not DOORS[door](alice.access_token + "x")
    assert counted() == {}


def test_who_has_a_token_introspected_is_not_counted_but_whose_it_is(alice: SignedIn):
    asker = make_client("asker", client_type="confidential", scopes=["tokens:introspect"])
    for token in (alice.access_token, "nonsense", alice.access_token[:-1]):
        post("/o/introspect/", client=asker, token=token)
    assert counted() == {(alice.client.pk, counts.CHECK): 1}


def test_a_refresh_token_is_checked_by_introspection_too(alice: SignedIn):
    for token in (alice.refresh_token, alice.refresh_token + "x"):
        post("/o/introspect/", client=alice.client, token=token)
    assert counted() == {(alice.client.pk, counts.CHECK): 1}


def test_two_judgements_in_one_request_are_two_checks(alice: SignedIn):
    document = "query($t:String){me{sub} validateToken(token:$t){active}}"
    assert ask(document, alice.access_token, variables={"t": alice.access_token}).status_code == 200
    assert counted() == {(alice.client.pk, counts.CHECK): 2}


def test_a_token_bound_to_a_key_is_counted_with_its_proof_only():
    prover = Prover()
    person = signed_in(make_client(trusted=True))
    bound = person.refresh(proof=prover.proof()).body["access_token"]
    counted()
    assert get("/o/userinfo/", bound).status == 401
    assert counted() == {}
    proof = prover.proof(f"{ISSUER}/o/userinfo/", "GET", access_token=bound)
    for status in (200, 401):  # the second time it is a replay
        assert get("/o/userinfo/", bound, "DPoP", dpop=proof).status == status
    assert counted() == {(person.client.pk, counts.CHECK): 1}


def test_a_refresh_is_counted_when_it_was_answered_and_so_is_its_repeat(alice: SignedIn):
    counted()
    assert alice.refresh().status == 200
    assert alice.refresh().status == 200
    assert counted() == {(alice.client.pk, counts.REFRESH): 2}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert alice.refresh().status == 400
    assert alice.refresh(scope="openid nonsense").status == 400
    assert counted() == {}
