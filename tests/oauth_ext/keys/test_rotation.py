"""next -> active -> retired -> gone: when it is time, in the right order, and never two or none."""

import threading
from datetime import timedelta

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oauth_ext.keys import birth, published, ring, times
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey
from tests.factories import make_client
from tests.oauth_ext.keys.clock import let_pass
from tests.oauth_ext.keys.tokens import active, claims
from tests.oauth_ext.token_endpoint import signed_in
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def of(algorithm: str, state: str) -> list[str]:
    return list(SigningKey.objects.filter(algorithm=algorithm, state=state).values_list("kid", flat=True))


def jwks() -> list[dict[str, str]]:
    return list(Client().get("/.well-known/jwks.json").json()["keys"])


def kids() -> set[str]:
    return {key["kid"] for key in jwks()}


def test_T51_a_next_key_is_published_and_does_not_sign():
    before = active("ES256").kid
    changes = keys.advance()
    assert {(change.algorithm, change.state) for change in changes} == {(name, "next") for name in SigningAlgorithm}
    assert {change.kid for change in changes} <= kids()
    assert keys.verify(keys.sign("ES256", claims(), typ="JWT"), typ="JWT").kid == before
    assert keys.advance() == []


def test_T51_it_takes_over_when_the_active_one_has_signed_long_enough():
    keys.advance()
    before, (coming,) = active("ES256").kid, of("ES256", "next")
    let_pass(times.rotation() - timedelta(hours=6))
    assert keys.advance() == []
    let_pass(timedelta(hours=7))
    changes = keys.advance(["ES256"])
    assert [(change.kid, change.state) for change in changes[:2]] == [(before, "retired"), (coming, "active")]
    assert [change.state for change in changes[2:]] == ["next"]
    assert active("RS256").activated_at <= active("ES256").activated_at - times.rotation()
    assert keys.verify(keys.sign("ES256", claims(), typ="JWT"), typ="JWT").kid == coming


def test_T51_it_waits_until_it_has_been_published_long_enough(settings):
    let_pass(times.rotation() + SECOND)
    keys.advance()
    before, (coming,) = active("ES256").kid, of("ES256", "next")
    let_pass(times.publication() - timedelta(seconds=5))
    assert keys.advance() == []
    assert active("ES256").kid == before
    let_pass(timedelta(seconds=10))
    keys.advance()
    assert active("ES256").kid == coming


def test_T51_a_retired_key_is_published_until_its_last_token_has_ended_and_known_until_its_last_hint_has():
    real = signed_in(make_client(trusted=True, algorithm="ES256"), scope="openid")
    old = active("ES256").kid
    keys.advance()
    let_pass(times.rotation() + SECOND)
    keys.advance()
    assert old in kids()
    assert real.is_live()
    let_pass(times.PUBLISHED_AFTERWARDS - timedelta(seconds=5))
    assert old in kids()
    let_pass(timedelta(seconds=10))
    assert old not in kids()
    hint = {"id_token_hint": real.tokens["id_token"], "client_id": "app"}
    assert Client().get("/o/logout/", hint).status_code == 200
    keys.advance()
    let_pass(times.kept_afterwards() - times.PUBLISHED_AFTERWARDS)
    gone = [change.kid for change in keys.advance(["ES256"]) if change.state == keys.GONE]
    assert gone == [old]
    assert Client().get("/o/logout/", hint).status_code == 400


def test_T52_a_private_half_goes_when_its_key_signs_no_more():
    keys.advance()
    let_pass(times.rotation() + SECOND)
    keys.advance()
    lost = active("RS256")
    keys.mark_compromised(lost.kid)
    for row in SigningKey.objects.all():
        assert bool(row.private_sealed) == (row.state in {KeyState.ACTIVE, KeyState.NEXT}), row.state


def test_a_compromised_key_is_followed_by_the_one_that_clients_know_already():
    keys.advance()
    lost, (coming,) = active("ES256").kid, of("ES256", "next")
    changes = keys.mark_compromised(lost)
    assert [(change.kid, change.state) for change in changes[:2]] == [(lost, "compromised"), (coming, "active")]
    assert len(of("ES256", "next")) == 1
    assert keys.mark_compromised(lost) == []


def test_a_compromised_next_key_is_replaced_and_the_active_one_signs_on():
    keys.advance()
    before, (lost,) = active("ES256").kid, of("ES256", "next")
    keys.mark_compromised(lost)
    assert active("ES256").kid == before
    assert of("ES256", "next") != [lost]
    assert lost not in kids()


def test_a_next_key_that_does_not_open_never_signs():
    keys.advance()
    before, (broken,) = active("ES256").kid, of("ES256", "next")
    SigningKey.objects.filter(kid=broken).update(private_sealed="e1.x.y")
    let_pass(times.rotation() + SECOND)
    keys.advance()
    assert active("ES256").kid == before
    keys.mark_compromised(before)
    assert active("ES256").kid not in {before, broken}


def test_at_once_only_where_clients_know_the_next_key_or_somebody_means_it():
    before = active("ES256").kid
    with pytest.raises(keys.PublishedTooLately) as early:
        keys.rotate()
    assert set(early.value.until) == set(SigningAlgorithm.values)
    assert of("ES256", "next") == [], "a refusal changes nothing"
    keys.advance()
    let_pass(times.publication() + SECOND)
    keys.rotate(["ES256"])
    assert of("ES256", "retired") == [before]
    assert of("RS256", "retired") == []
    with pytest.raises(keys.PublishedTooLately):
        keys.rotate(["ES256"])
    keys.rotate(["ES256"], force=True)
    assert len(of("ES256", "retired")) == 2


def test_keys_of_an_issuer_that_was_are_left_alone(settings):
    before = set(SigningKey.objects.values_list("kid", "state"))
    settings.ISSUER_URL = "https://new.example"
    let_pass(times.rotation() + SECOND)
    keys.advance()
    keys.rotate(force=True)
    assert before <= set(SigningKey.objects.values_list("kid", "state"))


def test_the_key_set_is_what_RFC_7517_wants_and_tells_nothing_more():
    keys.advance()
    members = {"EC": {"crv", "x", "y"}, "RSA": {"n", "e"}, "OKP": {"crv", "x"}}
    shown = jwks()
    assert len({key["kid"] for key in shown}) == len(shown) == 2 * len(SigningAlgorithm)
    for key in shown:
        assert key.keys() == {"kty", "kid", "use", "alg"} | members[key["kty"]]
        assert key["use"] == "sig"
    assert {key["alg"] for key in shown} == set(SigningAlgorithm.values)


def test_the_key_set_costs_one_narrow_statement_whatever_changed(django_assert_num_queries):
    jwks()
    with CaptureQueriesContext(connection) as queries:
        jwks()
    assert len(queries) == 1
    assert "public_jwk" not in queries[0]["sql"]
    keys.mark_compromised(active("ES256").kid)
    assert kids() == set(SigningKey.objects.exclude(state="compromised").values_list("kid", flat=True))
    with django_assert_num_queries(1):
        jwks()


def test_what_is_kept_of_the_key_set_is_never_another_issuers(settings):
    here = published.jwks()
    settings.ISSUER_URL = "https://new.example"
    there = published.jwks()
    assert orjson.loads(there)["keys"]
    assert here != there
    settings.ISSUER_URL = "http://localhost:8000"
    assert published.jwks() == here


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [keys.advance, lambda: keys.advance(["ES256"])])
def test_of_two_workers_side_by_side_one_rotates_and_the_other_finds_nothing(second):
    keys.advance()
    let_pass(times.rotation() + SECOND)
    with waiting(second) as other:
        first = keys.advance()
    assert len(first) == 3 * len(SigningAlgorithm)
    assert other == [[]]
    assert len(of("ES256", "retired")) == len(of("ES256", "active")) == len(of("ES256", "next")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_given_up_beside_its_rotation_signs_no_more():
    keys.advance()
    let_pass(times.rotation() + SECOND)
    lost = active("ES256").kid
    with waiting(lambda: keys.mark_compromised(lost)) as other:
        keys.advance()
    assert [(change.kid, change.state) for change in other[0]] == [(lost, "compromised")]
    assert of("ES256", "compromised") == [lost]
    assert len(of("ES256", "active")) == 1


@pytest.mark.django_db(transaction=True)
def test_T51_whoever_looks_sees_one_active_key_at_every_moment():
    keys.advance()
    done, seen = threading.Event(), []

    def look() -> None:
        try:
            while not done.is_set():
                seen.append(len(of("ES256", "active")))
        finally:
            connection.close()

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(20):
            keys.rotate(["ES256"], force=True)
        for _ in range(5):
            keys.mark_compromised(active("ES256").kid)
    finally:
        done.set()
        for looker in lookers:
            looker.join()
    assert set(seen) == {1}
    assert len(seen) > 25


def test_a_new_key_is_checked_at_once_by_a_process_that_holds_the_old_ones(monkeypatch):
    monkeypatch.setattr(ring, "MISSING_SECONDS", -1)
    assert ring.current()
    held = ring._held
    born = birth.make("http://localhost:8000", "ES256", KeyState.NEXT)
    ring._held = held
    assert born.kid in ring.current(kid=born.kid).checkers
