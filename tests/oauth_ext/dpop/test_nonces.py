"""RFC 9449 §8: nonces are always demanded, live a minute, and need no memory."""

import pytest

from oauth_ext.dpop import nonces
from oauth_ext.replay.models import UsedOnce
from tests.dpop import LEFT_OUT, Prover, shortly
from tests.factories import make_client
from tests.oauth_ext.token_endpoint import token

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine():
    return make_client("machine", client_type="confidential", grant_types=["client_credentials"], redirect_uris=[])


@pytest.fixture
def minute(monkeypatch):
    """The number of the minute, to be moved on."""
    number = [nonces._window()]
    monkeypatch.setattr(nonces, "_window", lambda: number[0])
    return number


@pytest.mark.parametrize("nonce", [LEFT_OUT, None, "", "x", "x.y", 1, "é", "a" * 5000], ids=shortly)
def test_T33_a_proof_without_a_nonce_of_ours_is_told_one(machine, nonce):
    prover = Prover()
    answer = token(machine, "client_credentials", proof=prover.proof(nonce=nonce))
    assert (answer.status, answer.body["error"]) == (400, "use_dpop_nonce")
    assert not UsedOnce.objects.exists()
    told = answer.response.headers["DPoP-Nonce"]
    assert told == nonces.current()
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert token(machine, "client_credentials", proof=prover.proof(nonce=told)).status == 200


def test_T33_a_stale_nonce_is_refused_and_the_one_before_is_not(machine, minute):
    prover, nonce = Prover(), nonces.current()
    minute[0] += 1
    answer = token(machine, "client_credentials", proof=prover.proof(nonce=nonce))
    assert answer.status == 200
    assert answer.response.headers["DPoP-Nonce"] == nonces.current() != nonce
    minute[0] += 1
    assert token(machine, "client_credentials", proof=prover.proof(nonce=nonce)).body["error"] == "use_dpop_nonce"


def test_a_proof_is_known_as_used_for_as_long_as_its_nonce_is_good(machine, minute):
    token(machine, "client_credentials", proof=Prover().proof())
    good_until = (minute[0] + 2) * 60
    assert UsedOnce.objects.get().expires_at.timestamp() == good_until


def test_every_answer_to_a_proof_brings_a_nonce_and_no_other(machine):
    good = token(machine, "client_credentials", proof=Prover().proof())
    bad = token(machine, "client_credentials", proof="x")
    unknown = token(None, "client_credentials", client_id="unknown", proof="x")
    for answer in (good, bad, unknown):
        assert answer.response.headers["DPoP-Nonce"] == nonces.current()
    assert "DPoP-Nonce" not in token(machine, "client_credentials").response.headers


def test_a_nonce_of_another_deployment_is_none(machine, settings):
    here = nonces.current()
    for name, value in {"ENCRYPTION_KEYS": [b"k" * 32], "ISSUER_URL": "https://other.example"}.items():
        before = getattr(settings, name)
        setattr(settings, name, value)
        assert nonces.end_of(here) is None
        setattr(settings, name, before)
    assert nonces.end_of(here) is not None


def test_a_nonce_outlives_a_change_of_the_key_that_makes_them(settings):
    before = nonces.current()
    settings.ENCRYPTION_KEYS = [b"k" * 32, *settings.ENCRYPTION_KEYS]
    assert nonces.current() != before
    assert nonces.end_of(before) is not None
