"""UserInfo as a protected endpoint (RFC 6750): where a token may stand, and what a bad one is told."""

import pytest
from django.test import Client

from tests.factories import FORM, make_user
from tests.oauth_ext.token_endpoint import CHALLENGES, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return make_user("alice", email="alice@example.org")


def test_POST_answers_the_same_and_reads_no_body(alice):
    person = signed_in(user=alice)
    bearer = {"authorization": f"Bearer {person.access_token}"}
    assert Client().post("/o/userinfo/", headers=bearer).json()["sub"] == str(alice.sub)
    in_body = Client().post("/o/userinfo/", f"access_token={person.access_token}", content_type=FORM)
    assert in_body.status_code == 401


def test_T30_a_token_in_the_url_is_not_looked_at(alice):
    person = signed_in(user=alice)
    assert Client().get("/o/userinfo/", {"access_token": person.access_token}).status_code == 401


def test_without_a_token_there_is_a_bare_challenge():
    answer = Client().get("/o/userinfo/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, CHALLENGES)
    assert Client().get("/o/userinfo/", headers={"authorization": "Basic YTpi"}).status_code == 401


@pytest.mark.parametrize("text", ["", " ", "x", "a.b.c", "ö.ö.ö", "a b", "x,Bearer x", "A" * 9000])
def test_a_bad_token_is_named_as_that(text):
    response = Client().get("/o/userinfo/", headers={"authorization": f"Bearer {text}"})
    assert response.status_code == 401
    assert ('error="invalid_token"' in response["WWW-Authenticate"]) is bool(text.strip())


def test_a_session_cookie_is_not_looked_at(alice):
    person = signed_in(user=alice)
    assert person.browser.get("/o/userinfo/").status_code == 401


def test_other_methods_are_refused(alice):
    response = Client().put("/o/userinfo/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
