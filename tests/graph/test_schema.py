"""The schema is what was declared, and nothing that is not declared is served."""

from pathlib import Path

import pytest
import strawberry
from django.core.exceptions import ImproperlyConfigured
from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType
from strawberry.types.field import StrawberryField

from graph.access import METADATA_KEY, Access, authenticated, field, inherited, public, requires_scopes
from graph.federation import FederationQueries
from graph.nodes import FETCHING
from graph.schema import Query, assemble, schema

ROOT = Path(__file__).parent.parent.parent
OUR_TYPES = [
    type_
    for type_ in schema._schema.type_map.values()
    if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
]
FIELDS = [(type_.name, name, field) for type_ in OUR_TYPES for name, field in type_.fields.items()]


@pytest.mark.parametrize(("type_name", "name", "graphql_field"), FIELDS, ids=[f"{t}.{n}" for t, n, _ in FIELDS])
def test_T89_every_field_says_who_may_read_it(type_name, name, graphql_field):
    definition = graphql_field.extensions["strawberry-definition"]
    assert isinstance(definition, StrawberryField)
    access = definition.metadata[METADATA_KEY]
    assert isinstance(access, Access)
    assert access.directives, "what is enforced is printed too"
    assert not (access.may_withhold and isinstance(graphql_field.type, GraphQLNonNull))


@pytest.mark.parametrize(("type_name", "name", "graphql_field"), FIELDS, ids=[f"{t}.{n}" for t, n, _ in FIELDS])
def test_every_type_field_and_argument_is_described(type_name, name, graphql_field):
    assert schema._schema.type_map[type_name].description
    assert graphql_field.description
    assert all(argument.description for argument in graphql_field.args.values())


@pytest.mark.parametrize(
    "name", [n for n, t in schema._schema.type_map.items() if isinstance(t, GraphQLEnumType) and "__" not in n]
)
def test_every_value_of_an_enum_is_described(name):
    values = schema._schema.type_map[name]
    assert isinstance(values, GraphQLEnumType)
    assert values.description
    assert all(value.description for value in values.values.values())


def test_every_node_can_be_fetched_by_its_id():
    assert {type_.name for type_ in OUR_TYPES if "Node" in {i.name for i in type_.interfaces}} == set(FETCHING)


def test_T89_a_field_without_a_declaration_refuses_to_start():
    @strawberry.type
    class Careless(Query):
        @strawberry.field
        def everything(self) -> str:
            return "secret"

    with pytest.raises(ImproperlyConfigured, match=r"Query\.everything|Careless\.everything"):
        assemble(Careless)


def test_T89_a_plain_attribute_without_a_declaration_refuses_to_start():
    @strawberry.type
    class Thing:
        inside: str

    @strawberry.type
    class Root(FederationQueries):
        @field(public("a test"), "A thing.")
        def thing(self) -> Thing:
            return Thing(inside="secret")

    with pytest.raises(ImproperlyConfigured, match=r"Thing\.inside"):
        assemble(Root)


def test_T89_a_field_that_may_be_withheld_must_be_nullable():
    @strawberry.type
    class Root(FederationQueries):
        @field(requires_scopes("profile"), "A name.")
        def name(self) -> str:
            return "alice"

    with pytest.raises(ImproperlyConfigured, match="nullable"):
        assemble(Root)


@pytest.mark.parametrize(("reason", "dated"), [("Use `me`.", False), ("Use `me`; gone on 2027-01-31.", True)])
def test_what_is_deprecated_says_when_it_goes(reason: str, dated: bool):
    @strawberry.type
    class Root(FederationQueries):
        @field(public("a test"), "A name.", deprecation_reason=reason)
        def name(self) -> str:
            return "alice"

    if dated:
        assert f'@deprecated(reason: "{reason}")' in assemble(Root).as_str()
    else:
        with pytest.raises(ImproperlyConfigured, match=r"\.name .* when it goes"):
            assemble(Root)


def test_T41_a_mutation_without_a_limit_refuses_to_start():
    @strawberry.type
    class Careless:
        @field(public("a test"), "Does something.")
        def something(self) -> str:
            return "done"

    with pytest.raises(ImproperlyConfigured, match=r"Careless\.something doesn't say how often"):
        assemble(Query, Careless)


def test_declarations_print_what_they_enforce():
    printed = schema.as_str()
    assert "me: User @authenticated" in printed
    assert 'roles: [Role!] @requiresScopes(scopes: [["roles"], ["roles:read"]])' in printed
    beyond_the_owner = (
        '@access(rule: "OWNER", unless: "users:read") @requiresScopes(scopes: [["profile"], ["users:read"]])'
    )
    assert f"username: String {beyond_the_owner}" in printed
    assert "logout: LogoutPayload! @authenticated" in printed
    assert '@composeDirective(name: "@access")' in printed
    assert 'type User implements Node @key(fields: "id")' in printed
    assert 'type Role implements Node @key(fields: "id")' in printed
    assert authenticated.directives
    assert inherited.directives


def test_the_exported_contract_is_not_stale():
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8").strip() == schema.as_str().strip()
