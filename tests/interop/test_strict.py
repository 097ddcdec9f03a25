"""Each value that the metadata advertise does what its specification says, for a client that knows nothing else.

That the journey can be made at all is a part of `test_advertised`.
"""

import pytest

from tests.interop.strict import StrictJourney

pytestmark = pytest.mark.full


def test_every_scope_is_granted_to_who_may_have_it(strict_journey: StrictJourney):
    assert strict_journey.all_tokens["scope"].split() == strict_journey.provider["scopes_supported"]
    assert strict_journey.all_claims["preferred_username"] == "admin"


def test_every_prompt_leads_to_an_answer(strict_journey: StrictJourney):
    subjects = {claims["sub"] for claims in strict_journey.prompted.values()}
    assert {*strict_journey.prompted, "create"} == set(strict_journey.provider["prompt_values_supported"])
    assert len(subjects) == 1
    assert strict_journey.created["sub"] not in subjects


def test_T78_each_class_of_sign_in_is_reached_and_said(strict_journey):
    assert strict_journey.signed_in_by == {acr: acr for acr in strict_journey.provider["acr_values_supported"]}
    assert strict_journey.prompted["login"]["auth_time"] >= strict_journey.prompted["none"]["auth_time"]


def test_every_algorithm_signs(strict_journey: StrictJourney):
    assert strict_journey.algorithms == strict_journey.provider["id_token_signing_alg_values_supported"]


def test_sectors_that_compare_notes_learn_nothing_where_subjects_are_pairwise(strict_journey: StrictJourney):
    assert {kind: len(subjects) for kind, subjects in strict_journey.subjects.items()} == {"public": 1, "pairwise": 2}


def test_our_own_api_is_a_resource_like_any(strict_journey: StrictJourney):
    assert strict_journey.me == {"data": {"me": {"username": "admin"}}}


def test_a_key_of_every_kind_binds_a_token(strict_journey: StrictJourney):
    advertised = strict_journey.provider["dpop_signing_alg_values_supported"]
    assert strict_journey.bound == dict.fromkeys(advertised, (200, 401))


def test_a_device_waits_is_let_in_and_is_let_in_once(strict_journey: StrictJourney):
    assert strict_journey.device_answers == ["authorization_pending", "invalid_grant"]


def test_every_response_mode_brings_the_answer(strict_journey: StrictJourney):
    assert len(strict_journey.answered) == len(strict_journey.provider["response_modes_supported"])
    assert set(strict_journey.answered) == {strict_journey.all_tokens["claims"]["sub"]}


def test_a_pushed_request_is_answered_like_any(strict_journey: StrictJourney):
    assert strict_journey.pushed == strict_journey.all_tokens["claims"]["sub"]


def test_a_client_proves_itself_with_a_key_of_every_kind(strict_journey: StrictJourney):
    advertised = strict_journey.provider["token_endpoint_auth_signing_alg_values_supported"]
    assert strict_journey.signed == dict.fromkeys(advertised, True)


def test_a_service_acts_for_somebody(strict_journey: StrictJourney):
    assert strict_journey.acted_for == {"data": {"me": {"username": "admin"}}}


def test_a_client_is_told_of_the_end(strict_journey: StrictJourney):
    assert strict_journey.told
