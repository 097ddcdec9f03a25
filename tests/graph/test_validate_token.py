"""`validateToken`: what an access token is worth, as `/api/validate-token/` and GraphQL tell it alike."""

import json
import time
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from graph.tokens import queries
from idp.ratelimit.limits import VALIDATE_TOKEN, Rate
from oauth_ext.families.models import Family
from oauth_ext.keys import services as keys
from tests.graph.asking import World, bearer, codes, post

ALL = ("openid", "profile", "email", "roles")
QUERY = """query($token: String) { validateToken(token: $token) {
    active sub username email client_id: clientId scope role aud iss exp iat jti token_type: tokenType acr
    auth_time: authTime } }"""


def over_graphql(token: str | None, caller: str | None = None) -> dict[str, object]:
    response = post(QUERY, caller, variables={"token": token} if token is not None else {})
    assert response.status_code == 200, response.content
    return {
        name: value
        for name, value in json.loads(response.content)["data"]["validateToken"].items()
        if value is not None
    }


def over_rest(token: str | None, caller: str | None = None) -> dict[str, object]:
    if token is None:
        response = Client().get("/api/validate-token/", headers=bearer(caller))
    else:
        response = Client().post("/api/validate-token/", {"token": token}, "application/json", headers=bearer(caller))
    assert response.status_code == 200, response.content
    answer: dict[str, object] = json.loads(response.content)
    return answer


def expected(world: World, *scopes: str) -> dict[str, object]:
    told = {"profile": ("username", "alice"), "email": ("email", "alice@example.com"), "roles": ("role", "user")}
    return {
        "active": True,
        "sub": str(world.user.sub),
        "client_id": "app",
        "scope": " ".join(scopes),
        "iss": settings.ISSUER_URL,
        "token_type": "Bearer",
        "acr": "aal1",
    } | dict(told[scope] for scope in scopes if scope in told)


TIMES = ("exp", "iat", "auth_time", "jti", "aud")


@pytest.mark.parametrize("asked", [over_graphql, over_rest])
@pytest.mark.parametrize("scopes", [ALL, ("openid",), ("profile",), ("email",), ("roles",), ()])
def test_a_live_token_says_what_it_says_by_its_own_scopes(world: World, asked, scopes):
    answer = asked(world.token(*scopes))
    assert {name: value for name, value in answer.items() if name not in TIMES} == expected(world, *scopes)
    assert answer["aud"] == [settings.ISSUER_URL]
    assert abs(answer["iat"] - time.time()) < 60
    assert answer["exp"] - answer["iat"] == settings.ACCESS_TOKEN_EXPIRE_SECONDS
    assert answer["jti"]
    assert answer["auth_time"]


@pytest.mark.parametrize("asked", [over_graphql, over_rest])
@pytest.mark.parametrize("caller", ["none", "bad", "other"])
def test_with_a_token_no_authentication_is_looked_at(world: World, asked, caller, django_assert_num_queries):
    token, presented = world.token(*ALL), {"none": None, "bad": "nonsense", "other": world.service_token()}[caller]
    asked(token)
    with django_assert_num_queries(1):
        assert asked(token, presented)["username"] == "alice"


@pytest.mark.parametrize("asked", [over_graphql, over_rest])
def test_the_audience_and_the_client_of_a_token_given_do_not_matter(world: World, asked):
    answer = asked(world.token(*ALL, resources=["https://other.example/api"]))
    assert answer["active"] is True
    assert answer["aud"] == ["https://other.example/api"]
    service = asked(world.service_token("roles:read"))
    assert {"active", "sub", "client_id", "scope"} <= service.keys()
    assert not {"username", "email", "role", "acr", "auth_time"} & service.keys()


@pytest.mark.parametrize("asked", [over_graphql, over_rest])
def test_the_callers_own_token_is_judged_without_an_argument(world: World, asked):
    answer = asked(None, world.token(*ALL))
    assert {name: value for name, value in answer.items() if name not in TIMES} == expected(world, *ALL)


def test_null_is_no_argument(world: World):
    response = post("{validateToken(token:null){active}}", world.token())
    assert json.loads(response.content) == {"data": {"validateToken": {"active": True}}}
    assert post("{validateToken(token:null){active}}").status_code == 401


def dead_tokens(world: World) -> dict[str, str]:
    family = world.family(world.user, ALL)
    ended, payload = world.token_of(family), world.token_of(world.family(world.user, ALL))
    Family.objects.filter(pk=family.pk).update(ended_at=family.created_at, end_reason="revoked")
    now = int(time.time())
    claims = {"iss": settings.ISSUER_URL, "aud": settings.ISSUER_URL, "sub": str(world.user.sub), "iat": now,
              "exp": now + 60, "client_id": "app", "scope": "openid", "jti": "x",
              "family": str(world.family(world.user, ALL).pk)}  # fmt: skip
    head, middle, signature = payload.split(".")
    return {
        "ended": ended,
        "expired": keys.sign("ES256", claims | {"exp": now - 3600, "iat": now - 7200}, typ="at+jwt"),
        "another issuer": keys.sign("ES256", claims | {"iss": "https://other.example"}, typ="at+jwt"),
        "an ID token": keys.sign("ES256", claims, typ="JWT"),
        "a refresh token": f"r1.key.{family.pk}.0.mac",
        "tampered": f"{head}.{middle[:-2]}AA.{signature}",
        "empty signature": f"{head}.{middle}.",
        "empty": "",
        "NUL": "\x00",
        "long": "a" * 20_000,
        "unicode": "é.ü.ß",
    }


@pytest.mark.parametrize("kind", ["ended", "expired", "another issuer", "an ID token", "a refresh token", "tampered",
                                  "empty signature", "NUL", "long", "unicode"])  # fmt: skip
@pytest.mark.parametrize("asked", [over_graphql, over_rest])
def test_anything_else_is_inactive_and_nothing_more(world: World, asked, kind):
    assert asked(dead_tokens(world)[kind]) == {"active": False}


def test_an_empty_token_over_graphql_is_a_token(world: World):
    assert over_graphql("") == {"active": False}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that no slow machine refills meanwhile."""
    monkeypatch.setattr(queries, "VALIDATE_TOKEN", replace(VALIDATE_TOKEN, rate=Rate(5, 3600), scales=False))
    return 5


def test_only_failures_count_against_the_address(world: World, few: int):
    token = world.token(*ALL)
    for _ in range(few + 1):
        assert over_rest(token)["active"] is True
    for _ in range(few):
        assert over_rest("nonsense") == {"active": False}
    limited = Client().post("/api/validate-token/", {"token": "nonsense"}, "application/json")
    assert limited.status_code == 429
    assert json.loads(limited.content)["error"] == "rate_limited"
    assert int(limited.headers["Retry-After"]) >= 1
    response = post('{validateToken(token:"nonsense"){active}}')
    assert response.status_code == 429
    assert codes(response) == ["RATE_LIMITED"]
    assert over_rest(token)["active"] is True, "who holds a good token is not shut out by a neighbour"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/api/validate-token/", {"token": "nonsense"}, "application/json")
    assert json.loads(elsewhere.content) == {"active": False}


def test_a_bad_token_of_the_callers_own_does_not_count(world: World, few: int):
    for _ in range(few + 1):
        assert post("{validateToken{active}}", "nonsense").status_code == 401
    assert over_rest("nonsense") == {"active": False}


def test_aliases_do_not_get_around_the_limit(world: World, few: int):
    burst = " ".join(f'a{n}:validateToken(token:"x"){{active}}' for n in range(few + 1))
    response = post(f"{{{burst}}}")
    assert response.status_code == 429
    assert codes(response) == ["RATE_LIMITED"]
