"""A mutation counts for whoever calls it, each field by itself, however the calls are put into requests."""

import json
from dataclasses import replace

import strawberry
from django.http import HttpRequest
from django.test import Client
from graphql import execute_sync, parse

from graph.access import authenticated, field
from graph.schema import Query, assemble
from graph.viewer import Context
from idp.ops import redis
from idp.ratelimit.limits import LIMITS, LOGOUT, Rate
from tests.graph.asking import World, bearer, codes, post

FEW = 3
LIMIT = replace(LOGOUT, rate=Rate(FEW, 3600), scales=False)


@strawberry.type
class Doing:
    @field(authenticated, "Does one thing.", limit=replace(LIMIT, name="mutation one"))
    def one(self) -> str | None:
        return "done"

    @field(authenticated, "Does another.", limit=replace(LIMIT, name="mutation other"))
    def other(self) -> str | None:
        return "done"


def do(document: str, token: str | None):
    request = HttpRequest()
    if token:
        request.META["HTTP_AUTHORIZATION"] = bearer(token)["authorization"]
    result = execute_sync(assemble(Query, Doing)._schema, parse(document), context_value=Context(request))
    return result.data or {}, [error.extensions for error in result.errors or ()]


def test_T41_T91_aliases_do_not_get_around_the_limit_of_a_mutation(world: World):
    many = " ".join(f"a{number}:one" for number in range(FEW + 2))
    data, errors = do(f"mutation{{{many} other}}", world.token())
    assert list(data.values()) == ["done"] * FEW + [None, None] + ["done"]
    assert [error["code"] for error in errors] == ["RATE_LIMITED"] * 2
    assert 1 <= errors[0]["retryAfter"] <= 3600 / FEW


def test_T41_a_mutation_counts_for_the_person_whichever_token_asks(world: World):
    for _ in range(FEW):
        assert do("mutation{one}", world.token())[0] == {"one": "done"}
    assert do("mutation{one}", world.token())[1][0]["code"] == "RATE_LIMITED"
    assert do("mutation{one}", world.service_token())[0] == {"one": "done"}


def test_who_may_not_call_it_is_not_counted(world: World):
    for _ in range(FEW + 1):
        assert do("mutation{one}", None)[1][0]["code"] == "UNAUTHENTICATED"
    client = redis.client()
    assert client is not None
    assert client.keys() == []


def test_T41_logout_is_limited_over_graphql_and_rest_alike(world: World, settings):
    settings.RATE_LIMIT_FACTOR = 1
    tokens = [world.token("openid") for _ in range(LOGOUT.rate.burst + 10)]
    statuses = []
    for token in tokens:
        response = post("mutation{logout{loggedOut}}", token)
        statuses.append(response.status_code)
        if response.status_code == 429:
            assert codes(response) == ["RATE_LIMITED"]
            break
    assert statuses[-1] == 429
    assert statuses.count(200) >= LOGOUT.rate.burst
    over_rest = Client().post("/api/logout/", headers=bearer(tokens[-1]))
    assert over_rest.status_code == 429
    assert json.loads(over_rest.content)["error"] == "rate_limited"
    assert int(over_rest.headers["Retry-After"]) >= 1
    assert LOGOUT in LIMITS
