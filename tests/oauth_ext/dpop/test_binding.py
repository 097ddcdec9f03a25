"""RFC 9449 §5, §6, §10: what a proof at the token endpoint binds, and who gets nothing without that key."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from oauth_ext.keys import services as keys
from oauth_ext.replay.models import UsedOnce
from oauth_ext.tokens.judging import judge
from tests.dpop import Prover
from tests.factories import authorization_parameters, make_client, pkce
from tests.oauth_ext.token_endpoint import Answer, SignedIn, get_code, post, signed_in, token

pytestmark = pytest.mark.django_db
CONFIDENTIAL = Application.CLIENT_CONFIDENTIAL


def sign_in_with(prover: Prover, client: Application | None = None, user=None, **asked: str) -> SignedIn:
    code = get_code(client, user, None, **asked)
    answer = code.redeem(proof=prover.proof())
    assert answer.status == 200, answer.body
    return SignedIn(code.user, code.session, code.client, code.browser, answer.body)


def confidential(client_id: str = "backend", **spec: object) -> Application:
    return make_client(
        client_id, client_type=CONFIDENTIAL, secret=None, trusted=True, default_scopes=["openid"], **spec
    )


def assert_refused(answer: Answer, error: str = "invalid_grant") -> None:
    assert (answer.status, answer.body["error"]) == (400, error), answer.body


def test_T33_a_code_with_a_proof_buys_a_bound_token_and_a_bound_family():
    prover = Prover()
    person = sign_in_with(prover)
    assert person.tokens["token_type"] == "DPoP"
    assert judge(person.access_token).jkt == prover.jkt
    assert Family.objects.get().jkt == prover.jkt


def test_without_a_proof_all_is_as_before():
    person = signed_in()
    assert person.tokens["token_type"] == "Bearer"
    assert judge(person.access_token).jkt is None
    assert Family.objects.get().jkt == ""


def test_T33_a_client_of_its_own_gets_a_bound_token():
    machine = make_client("machine", client_type=CONFIDENTIAL, grant_types=["client_credentials"], redirect_uris=[])
    prover = Prover()
    answer = token(machine, "client_credentials", proof=prover.proof())
    assert answer.body["token_type"] == "DPoP"
    assert judge(answer.body["access_token"]).jkt == prover.jkt


def test_T22_T25_a_public_clients_refresh_token_is_bound_to_the_key():
    prover = Prover()
    person = sign_in_with(prover)
    before = Family.objects.values().get()
    assert_refused(person.refresh())
    assert_refused(person.refresh(proof=Prover().proof()))
    assert Family.objects.values().get() == before
    answer = person.refresh(proof=prover.proof())
    assert answer.status == 200
    assert answer.body["token_type"] == "DPoP"
    assert judge(answer.body["access_token"]).jkt == prover.jkt


def test_T22_who_has_not_the_key_cannot_end_the_family_with_an_old_token(settings):
    settings.REFRESH_TOKEN_GRACE_SECONDS = 0
    prover = Prover()
    person = sign_in_with(prover)
    successor = person.refresh(proof=prover.proof()).body["refresh_token"]
    assert_refused(person.refresh())
    assert_refused(person.refresh(proof=Prover().proof()))
    assert Family.objects.get().ended_at is None
    assert person.refresh(successor, proof=prover.proof()).status == 200
    assert_refused(person.refresh(proof=prover.proof()))  # its own old token is a replay
    assert Family.objects.get().end_reason == "refresh_replay"


def test_T23_within_the_grace_the_same_key_gets_the_same_successor_and_no_other_key_any():
    prover = Prover()
    person = sign_in_with(prover)
    first = person.refresh(proof=prover.proof())
    assert_refused(person.refresh(proof=Prover().proof()))
    assert_refused(person.refresh())
    again = person.refresh(proof=prover.proof())
    assert again.body["refresh_token"] == first.body["refresh_token"]
    assert Family.objects.get().counter == 1


def test_a_family_may_become_bound_and_is_never_loosed():
    person, prover = signed_in(), Prover()
    answer = person.refresh(proof=prover.proof())
    assert answer.body["token_type"] == "DPoP"
    assert Family.objects.get().jkt == prover.jkt
    assert_refused(person.refresh(answer.body["refresh_token"]))
    assert_refused(person.refresh(answer.body["refresh_token"], proof=Prover().proof()))
    assert person.refresh(answer.body["refresh_token"], proof=prover.proof()).status == 200
    assert Family.objects.get().jkt == prover.jkt


def test_T22_a_confidential_clients_refresh_token_stands_still_where_its_tokens_are_bound():
    """FAPI 2.0 §5.3.2.1: bound to the client already; it may change its key, and always needs one."""
    first, second = Prover(), Prover()
    person = sign_in_with(first, confidential())
    family = Family.objects.get()
    assert (family.jkt, family.rotates) == ("", False)
    answer = person.refresh(proof=second.proof())
    assert answer.body["refresh_token"] == person.refresh_token
    assert judge(answer.body["access_token"]).jkt == second.jkt
    assert person.refresh(proof=first.proof()).body["refresh_token"] == person.refresh_token
    assert Family.objects.get().counter == 0
    assert_refused(person.refresh())


def test_T22_a_confidential_clients_refresh_token_turns_where_its_tokens_are_not_bound():
    person = signed_in(confidential())
    assert Family.objects.get().rotates
    assert person.refresh().body["refresh_token"] != person.refresh_token


def test_a_family_that_stands_still_ends_as_any_other():
    prover = Prover()
    person = sign_in_with(prover, confidential())
    assert post("/o/revoke_token/", client=person.client, token=person.refresh_token).status == 200
    assert_refused(person.refresh(proof=prover.proof()))


def test_T11_a_code_asked_for_with_dpop_jkt_is_worth_something_to_that_key_alone():
    prover = Prover()
    code = get_code(dpop_jkt=prover.jkt)
    assert AuthorizationCode.objects.get().jkt == prover.jkt
    assert_refused(code.redeem())
    assert_refused(code.redeem(proof=Prover().proof()))
    assert not UsedOnce.objects.exists()
    assert code.redeem(proof=prover.proof()).status == 200


def test_T11_another_key_does_not_burn_the_code_with_a_wrong_verifier():
    prover = Prover()
    code = get_code(dpop_jkt=prover.jkt)
    assert_refused(code.redeem(proof=Prover().proof(), code_verifier=pkce().verifier))
    assert code.redeem(proof=prover.proof()).status == 200


def test_T11_another_keys_second_use_of_a_code_does_not_end_what_it_bought():
    prover = Prover()
    code = get_code(dpop_jkt=prover.jkt)
    code.redeem(proof=prover.proof())
    assert_refused(code.redeem(proof=Prover().proof()))
    assert_refused(code.redeem())
    assert Family.objects.get().ended_at is None
    assert_refused(code.redeem(proof=prover.proof()))
    assert Family.objects.get().end_reason == "code_replay"


@pytest.mark.parametrize("jkt", ["short", "x" * 44, "=" * 43, "é" * 43])
def test_a_dpop_jkt_that_is_no_thumbprint_is_refused_to_the_client(client, jkt):
    app = make_client(trusted=True)
    response = client.get("/o/authorize/", authorization_parameters(app, pkce().challenge, dpop_jkt=jkt))
    assert "error=invalid_request" in response.headers["Location"]
    assert "dpop_jkt" in response.headers["Location"]


@pytest.mark.parametrize("grant", ["code", "refresh", "client_credentials"])
def test_a_client_that_always_binds_gets_nothing_without_a_proof(grant):
    """RFC 9449 §5.2, `dpop_bound_access_tokens`."""
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    app = confidential(grant_types=grants, dpop_bound_access_tokens=True)
    prover, code = Prover(), get_code(app)
    if grant == "client_credentials":
        assert_refused(token(app, "client_credentials"), "invalid_dpop_proof")
        return
    if grant == "code":
        assert_refused(code.redeem(), "invalid_dpop_proof")
    tokens = code.redeem(proof=prover.proof())
    assert tokens.status == 200  # the refusal spent nothing
    if grant == "refresh":
        refused = token(app, "refresh_token", refresh_token=tokens.body["refresh_token"])
        assert_refused(refused, "invalid_dpop_proof")


def test_T33_a_proof_is_good_once_and_is_spent_only_when_all_else_is_judged():
    prover = Prover()
    code = get_code()
    proof = prover.proof()
    assert_refused(code.redeem(proof=proof, redirect_uri="https://app.example/other"))
    assert_refused(code.redeem(proof=proof, resource="https://api.example"), "invalid_target")
    tokens = code.redeem(proof=proof)
    assert tokens.status == 200
    person = SignedIn(code.user, code.session, code.client, code.browser, tokens.body)
    assert_refused(person.refresh(proof=proof), "invalid_dpop_proof")
    assert Family.objects.get().counter == 0
    assert person.refresh(proof=prover.proof()).status == 200


def test_two_keys_may_choose_the_same_jti():
    machine = make_client("machine", client_type=CONFIDENTIAL, grant_types=["client_credentials"], redirect_uris=[])
    for prover in (Prover(), Prover()):
        assert token(machine, "client_credentials", proof=prover.proof(jti="1")).status == 200
        assert_refused(token(machine, "client_credentials", proof=prover.proof(jti="1")), "invalid_dpop_proof")


def test_statements_with_a_proof_are_one_more():
    prover, code = Prover(), get_code(scope="openid profile")
    keys.sign("ES256", {}, typ="JWT")  # what a process reads once is read now
    redeemed = verbs(lambda: code.redeem(proof=prover.proof()))
    assert redeemed == ["WITH", "INSERT", "WITH"]
    app = make_client("app2", trusted=True, default_scopes=["openid"])
    person = sign_in_with(prover, app, user=code.user)
    assert verbs(lambda: person.refresh(proof=prover.proof())) == ["WITH", "INSERT", "UPDATE"]
    machine = make_client("machine", client_type=CONFIDENTIAL, grant_types=["client_credentials"], redirect_uris=[])
    assert verbs(lambda: token(machine, "client_credentials", proof=prover.proof())) == ["SELECT", "INSERT"]


def test_a_bad_proof_costs_no_more_than_the_client():
    code = get_code()
    proofs = [Prover().proof(htm="GET"), Prover().proof(header={"jwk": Prover().jwk}), Prover().proof(nonce="x")]
    for proof in proofs:
        assert verbs(lambda: code.redeem(proof=proof)) == ["WITH"]  # noqa: B023 - called at once


def verbs(act) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
