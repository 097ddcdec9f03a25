"""Failures are counted where they come from, and nobody else pays for them."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from idp.ops import redis
from idp.ratelimit.limits import BAD_GRANTS, CLIENT_AUTHENTICATION, CLIENT_AUTHENTICATION_ADDRESS, Limit, Rate
from oauth_ext import limits
from tests.factories import FORM, SECRET, make_client
from tests.oauth_ext.token_endpoint import basic, get, get_code, post, signed_in, token

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def machine(client_id: str = "machine"):
    return make_client(
        client_id,
        client_type="confidential",
        grant_types=["client_credentials"],
        redirect_uris=[],
        scopes=["tokens:introspect"],
    )


def ask(secret: str = SECRET, client_id: str = "machine", address: str = HERE, path: str = "/o/token/"):
    body = "grant_type=client_credentials&token=x"
    headers = {"authorization": basic(client_id, secret)}
    return Client(REMOTE_ADDR=address).post(path, body, content_type=FORM, headers=headers)


def until_limited(act: Callable[[], int], most: int) -> int:
    """How many are answered before the first 429."""
    for number in range(most):
        if act() == 429:
            return number
    raise AssertionError(f"{most} passed")


def expect(number: int, limit: Limit, since: float) -> None:
    """A busy machine takes longer, and then more may pass."""
    refilled = (time.monotonic() - since) / limit.rate.interval
    assert limit.rate.burst <= number <= limit.rate.burst + refilled + 1


def assert_told_to_wait(response, longest: float) -> None:
    assert response.status_code == 429
    assert response.json() == {
        "error": "rate_limited",
        "error_description": "Too many requests from here failed. Wait as long as Retry-After says.",
    }
    assert 1 <= int(response.headers["Retry-After"]) <= longest + 1
    assert response.headers["Cache-Control"] == "no-store"
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize("path", ["/o/token/", "/o/introspect/", "/o/revoke_token/"])
def test_T41_a_secret_is_guessed_slowly_and_not_even_the_right_one_is_taken_meanwhile(path):
    machine()
    began = time.monotonic()
    expect(until_limited(lambda: ask("wrong", path=path).status_code, 40), CLIENT_AUTHENTICATION, began)
    assert_told_to_wait(ask("wrong", path=path), CLIENT_AUTHENTICATION.rate.interval)
    assert_told_to_wait(ask(SECRET, path=path), CLIENT_AUTHENTICATION.rate.interval)
    assert ask(SECRET, path=path, address=ELSEWHERE).status_code == 200, "a stranger locks nobody out"


def test_T41_a_neighbour_with_a_wrong_secret_leaves_the_others_of_an_address_alone():
    machine(), machine("good")
    for _ in range(3 * CLIENT_AUTHENTICATION_ADDRESS.rate.burst):
        ask("wrong")
    assert ask("wrong").status_code == 429
    assert ask(client_id="good").status_code == 200
    assert ask("wrong", client_id="good").status_code == 401


def test_T41_one_secret_tried_with_many_clients_is_slowed_at_the_address():
    machine()
    names, began = iter(range(1000)), time.monotonic()
    tried = until_limited(lambda: ask("wrong", client_id=f"client-{next(names)}").status_code, 200)
    expect(tried, CLIENT_AUTHENTICATION_ADDRESS, began)
    assert_told_to_wait(ask(), CLIENT_AUTHENTICATION_ADDRESS.rate.interval)
    assert ask(address=ELSEWHERE).status_code == 200


def test_T41_whether_a_client_exists_makes_no_difference():
    machine()
    known, unknown = ([ask("wrong", client_id=name) for _ in range(21)] for name in ("machine", "nobody"))
    assert [answer.status_code for answer in known] == [401] * 20 + [429]
    assert [(answer.status_code, answer.content) for answer in known] == [
        (answer.status_code, answer.content) for answer in unknown
    ]


def test_T41_failing_in_the_name_of_a_public_client_shuts_nobody_out():
    code = get_code()
    until_limited(lambda: ask("made up", client_id=code.client.client_id, address="127.0.0.1").status_code, 40)
    assert code.redeem().status == 200


def test_T41_bad_grants_are_told_to_wait_and_good_ones_beside_them_are_not(monkeypatch):
    person = signed_in(make_client(trusted=True, grant_types=["authorization_code", "refresh_token"]))
    began = time.monotonic()
    expect(until_limited(lambda: person.refresh("r1.a.b.0.c").status, 200), BAD_GRANTS, began)
    monkeypatch.setattr(limits, "BAD_GRANTS", replace(BAD_GRANTS, rate=Rate(1, 3600)))  # which nothing refills
    assert person.refresh("r1.a.b.0.c").status == 429
    turned = person.refresh()
    assert turned.status == 200
    assert token(person.client, "authorization_code", code="x", code_verifier="v" * 43).status == 429
    other = make_client("other", trusted=True, default_scopes=["openid"])
    assert token(other, "authorization_code", code="x", code_verifier="v" * 43).body["error"] == "invalid_grant"
    assert get_code(other, person.user).redeem().status == 200


@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope"])
def test_what_tries_nothing_is_not_counted(error):
    machine()
    asked = {
        "unauthorized_client": {"grant_type": "refresh_token", "refresh_token": "x"},
        "invalid_request": {},
        "unsupported_grant_type": {"grant_type": "password"},
        "invalid_scope": {"grant_type": "client_credentials", "scope": "nobody:knows"},
    }[error]
    client = redis.client()
    assert post("/o/token/", authorization=basic("machine"), **asked).body["error"] == error
    assert client is not None
    assert client.keys() == []


def test_T41_introspection_counts_failures_only(monkeypatch):
    monkeypatch.setattr(limits, "INACTIVE_TOKENS", replace(limits.INACTIVE_TOKENS, rate=Rate(5, 3600)))
    person, inspector = signed_in(), machine()

    def introspect(text: str):
        return post("/o/introspect/", client=inspector, token=text)

    assert [introspect("x").body for _ in range(5)] == [{"active": False}] * 5
    for _ in range(10):
        assert introspect(person.access_token).body["active"] is True
    assert introspect("x").status == 429
    assert introspect(person.access_token).body["active"] is True


def test_T41_bad_tokens_at_userinfo_are_told_to_wait_and_good_ones_are_not(monkeypatch):
    monkeypatch.setattr(limits, "BAD_TOKENS", replace(limits.BAD_TOKENS, rate=Rate(5, 3600)))
    person = signed_in()
    assert [get("/o/userinfo/", "x").status for _ in range(6)] == [401] * 5 + [429]
    assert get("/o/userinfo/", None).status == 401, "without a token nothing failed"
    assert person.is_live()


def test_T41_a_good_request_asks_nobody_about_limits(monkeypatch, django_assert_num_queries):
    """Neither Redis nor the database: with limits that can't be asked for it is as good."""
    person, caller = signed_in(), machine()
    ask(), post("/o/introspect/", client=caller, token=person.access_token)

    def fail(*_: object) -> None:
        raise AssertionError("a good request was counted")

    monkeypatch.setattr("idp.ratelimit.services.take", fail)
    with django_assert_num_queries(1):
        assert ask().status_code == 200
    assert post("/o/introspect/", client=caller, token=person.access_token).body["active"] is True
    assert person.is_live()
    assert person.refresh().status == 200


def test_the_setting_lets_more_pass(settings):
    settings.RATE_LIMIT_FACTOR = 2
    machine()
    began = time.monotonic()
    doubled = replace(CLIENT_AUTHENTICATION, rate=Rate(40, CLIENT_AUTHENTICATION.rate.per_seconds))
    expect(until_limited(lambda: ask("wrong").status_code, 80), doubled, began)


def test_T40_refusing_an_unknown_client_and_a_wrong_secret_is_counted_alike(settings, django_assert_num_queries):
    settings.REDIS_URL = ""
    machine()
    for name in ("machine", "nobody"):
        ask("wrong", client_id=name)
        with django_assert_num_queries(3):  # the client, two buckets
            assert ask("wrong", client_id=name).status_code == 401
