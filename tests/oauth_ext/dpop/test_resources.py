"""RFC 9449 §7: a bound token at userinfo, with its proof and without; introspection (§6.2)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oauth_ext.dpop import nonces
from oauth_ext.families.models import Family
from oauth_ext.replay.models import UsedOnce
from tests.dpop import LEFT_OUT, USERINFO, Prover
from tests.factories import make_client
from tests.oauth_ext.dpop.test_binding import sign_in_with
from tests.oauth_ext.token_endpoint import Answer, get, post, signed_in

pytestmark = pytest.mark.django_db
ALGS = 'algs="ES256 Ed25519 EdDSA PS256 RS256"'


@pytest.fixture
def prover():
    return Prover()


@pytest.fixture
def person(prover):
    person = sign_in_with(prover, scope="openid profile")
    UsedOnce.objects.all().delete()
    return person


def ask(access_token: str, proof: str | None = None, scheme: str = "DPoP") -> Answer:
    headers = {} if proof is None else {"dpop": proof}
    return get("/o/userinfo/", access_token, scheme, **headers)


def assert_refused(answer: Answer, error: str, scheme: str = "DPoP") -> None:
    challenge = answer.response.headers["WWW-Authenticate"]
    assert answer.status == 401, answer.body
    assert answer.body["error"] == error
    start = f'{scheme} realm="gatehouse"' + (f", {ALGS}" if scheme == "DPoP" else "")
    assert challenge.startswith(f'{start}, error="{error}"'), challenge
    assert "sub" not in answer.body
    assert not UsedOnce.objects.exists()


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_T33_a_bound_token_with_its_proof_opens(person, prover, scheme):
    answer = ask(person.access_token, prover.proof(USERINFO, "GET", access_token=person.access_token), scheme)
    assert (answer.status, answer.body["preferred_username"]) == (200, "alice")
    assert answer.response.headers["DPoP-Nonce"] == nonces.current()


def test_T33_a_stolen_token_opens_nothing_by_itself(person, prover):
    as_bearer = ask(person.access_token, scheme="Bearer")
    assert_refused(as_bearer, "invalid_token", "Bearer")
    assert as_bearer.response.headers["WWW-Authenticate"].endswith(f', DPoP realm="gatehouse", {ALGS}')
    good = prover.proof(USERINFO, "GET", access_token=person.access_token)
    assert_refused(ask(person.access_token, good, scheme="Bearer"), "invalid_token", "Bearer")  # RFC 9449 §7.2
    assert_refused(ask(person.access_token), "invalid_dpop_proof")


def test_T33_another_keys_proof_opens_nothing(person):
    thief = Prover()
    assert_refused(ask(person.access_token, thief.proof(USERINFO, "GET", access_token=person.access_token)),
                   "invalid_dpop_proof")  # fmt: skip


def test_T33_the_proof_names_the_token(person, prover):
    for ath in (LEFT_OUT, "", "x", None, 1):
        proof = prover.proof(USERINFO, "GET", access_token=person.access_token, ath=ath)
        assert_refused(ask(person.access_token, proof), "invalid_dpop_proof")
    other = person.refresh(proof=prover.proof()).body["access_token"]
    UsedOnce.objects.all().delete()
    proof = prover.proof(USERINFO, "GET", access_token=other)
    assert_refused(ask(person.access_token, proof), "invalid_dpop_proof")
    assert ask(other, proof).status == 200


def test_T33_the_proof_is_for_this_method_and_place(person, prover):
    for htu, htm in (
        (USERINFO, "POST"),
        ("http://localhost:8000/o/userinfo", "GET"),
        ("http://localhost:8000/graphql", "GET"),
    ):
        proof = prover.proof(htu, htm, access_token=person.access_token)
        assert_refused(ask(person.access_token, proof), "invalid_dpop_proof")


def test_T33_a_proof_without_a_fresh_nonce_is_told_one(person, prover):
    proof = prover.proof(USERINFO, "GET", access_token=person.access_token, nonce=LEFT_OUT)
    answer = ask(person.access_token, proof)
    assert_refused(answer, "use_dpop_nonce")
    assert answer.response.headers["DPoP-Nonce"] == nonces.current()


def test_T33_a_proof_is_good_once(person, prover):
    proof = prover.proof(USERINFO, "GET", access_token=person.access_token)
    assert ask(person.access_token, proof).status == 200
    again = ask(person.access_token, proof)
    assert (again.status, again.body["error"]) == (401, "invalid_dpop_proof")


def test_a_token_that_is_bound_to_nothing_is_no_dpop_token(prover):
    person = signed_in()
    proof = prover.proof(USERINFO, "GET", access_token=person.access_token)
    assert_refused(ask(person.access_token, proof), "invalid_token")
    assert ask(person.access_token, proof, scheme="Bearer").status == 200


def test_a_proof_does_not_wake_what_has_ended(person, prover):
    Family.objects.all().delete()
    proof = prover.proof(USERINFO, "GET", access_token=person.access_token)
    assert_refused(ask(person.access_token, proof), "invalid_token")


def test_too_few_scopes_are_told_in_the_scheme_that_was_used(prover):
    person = sign_in_with(prover, scope="profile", nonce=None)
    answer = ask(person.access_token, prover.proof(USERINFO, "GET", access_token=person.access_token))
    assert answer.status == 403
    assert answer.response.headers["WWW-Authenticate"].startswith('DPoP realm="gatehouse"')
    assert 'error="insufficient_scope"' in answer.response.headers["WWW-Authenticate"]


def test_two_headers_of_each_kind_are_refused(person, prover):
    proofs = [prover.proof(USERINFO, "GET", access_token=person.access_token) for _ in range(2)]
    assert_refused(ask(person.access_token, ",".join(proofs)), "invalid_dpop_proof")
    twice = f"{person.access_token},DPoP {person.access_token}"
    assert_refused(ask(twice, proofs[0]), "invalid_token")


def test_post_is_proved_as_post(person, prover):
    headers = {
        "authorization": f"DPoP {person.access_token}",
        "dpop": prover.proof(USERINFO, "POST", access_token=person.access_token),
    }
    assert Client().post("/o/userinfo/", headers=headers).status_code == 200


def test_a_bound_token_costs_two_statements_and_a_stolen_one_none(person, prover):
    def statements(proof: str | None, scheme: str = "DPoP") -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            ask(person.access_token, proof, scheme)
        return [query["sql"].split()[0] for query in queries]

    assert statements(prover.proof(USERINFO, "GET", access_token=person.access_token)) == ["SELECT", "INSERT"]
    assert statements(Prover().proof(USERINFO, "GET", access_token=person.access_token)) == []
    assert statements(None) == statements(None, "Bearer") == []


def test_a_bearer_token_costs_what_it_did():
    person = signed_in()
    with CaptureQueriesContext(connection) as queries:
        assert ask(person.access_token, scheme="Bearer").status == 200
    assert len(queries) == 1


def test_introspection_tells_the_key(person, prover):
    owner = make_client(
        "owner", client_type="confidential", scopes=["tokens:introspect"], redirect_uris=["https://o.example/"]
    )
    told = post("/o/introspect/", client=owner, token=person.access_token).body
    assert (told["active"], told["token_type"], told["cnf"]) == (True, "DPoP", {"jkt": prover.jkt})
    own = post("/o/introspect/", client=person.client, token=person.refresh_token).body
    assert own["cnf"] == {"jkt": prover.jkt}
    plain = post(
        "/o/introspect/",
        client=owner,
        token=signed_in(make_client("b", trusted=True, default_scopes=["openid"]), person.user).access_token,
    ).body
    assert plain["token_type"] == "Bearer"
    assert "cnf" not in plain


def test_a_bound_token_is_revoked_without_a_proof(person, prover):
    assert post("/o/revoke_token/", client=person.client, token=person.access_token).status == 200
    assert ask(person.access_token, prover.proof(USERINFO, "GET", access_token=person.access_token)).status == 401
