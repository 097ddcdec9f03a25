"""Who is told the schema, and what a misspelt name may have meant."""

import json

import pytest
from graphql import get_introspection_query

from tests.graph.asking import GRAPHQL_RESPONSE, World, codes, post

ASKING = [
    get_introspection_query(),
    "{__schema{queryType{name}}}",
    '{__type(name:"User"){name}}',
    "{validateToken{active} __schema{queryType{name}}}",
    "{...F} fragment F on Query{__schema{queryType{name}}}",
    "{... on Query{...{a:__schema{queryType{name}}}}}",
]
MISSPELT = [
    "{mee{sub}}",
    "{me{usernam}}",
    "{validateTokn{active}}",
    "{auditEvents(evnt:GRANTED){nodes{id}}}",
    "{...F} fragment F on Usr{id}",
]


@pytest.mark.parametrize("document", ASKING)
def test_T84_strangers_are_not_told_the_schema(world: World, document):
    for token in (None, "nonsense"):
        response = post(document, token)
        assert response.status_code == 401
        assert codes(response) == ["UNAUTHENTICATED"]
        assert b"queryType" not in response.content


@pytest.mark.parametrize("document", ASKING)
def test_T84_whoever_has_a_token_is(world: World, document):
    assert codes(post(document, world.token("openid"))) == []


@pytest.mark.parametrize("document", MISSPELT)
def test_T84_strangers_are_not_told_what_they_may_have_meant(world: World, document):
    for token in (None, "nonsense"):
        response = post(document, token)
        assert response.status_code == 400
        assert set(codes(response)) == {"GRAPHQL_VALIDATION_FAILED"}
        assert b"Did you mean" not in response.content
    assert b"Did you mean" in post(document, world.token("openid")).content


def test_T84_nor_what_a_value_may_have_been(world: World):
    document = "query($e:AuditEventKind){auditEvents(event:$e){nodes{id}}}"
    assert b"Did you mean" not in post(document, variables={"e": "GRANTD"}).content
    assert b"Did you mean" in post(document, world.token("openid"), variables={"e": "GRANTD"}).content


def test_T84_where_it_is_public_anybody_is(world: World, settings):
    settings.GRAPHQL_INTROSPECTION = "public"
    assert codes(post(ASKING[0])) == []
    response = post(MISSPELT[0], accept=GRAPHQL_RESPONSE)
    assert "Did you mean" in json.loads(response.content)["errors"][0]["message"]


def test_typename_is_no_secret(world: World):
    assert json.loads(post("{__typename}").content) == {"data": {"__typename": "Query"}}
