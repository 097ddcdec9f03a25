"""The printed schema, and what its directives say of a field: read from the SDL as any client could read it."""

from dataclasses import dataclass
from functools import cache

from graphql import (
    ConstDirectiveNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    value_from_ast_untyped,
)

from graph.schema import schema


@cache
def contract() -> GraphQLSchema:
    """Return the schema as `schema.graphql` describes it; Federation's directives are not defined there."""
    return build_schema(schema.as_str(), assume_valid_sdl=True)


def operations() -> tuple[GraphQLObjectType, GraphQLObjectType]:
    """Return the types whose fields are the queries, and the mutations."""
    query, mutation = contract().query_type, contract().mutation_type
    assert query is not None, "the SDL says so"  # noqa: S101
    assert mutation is not None, "the SDL says so"  # noqa: S101
    return query, mutation


def root_fields() -> dict[str, GraphQLField]:
    """Return all queries and mutations by name."""
    query, mutation = operations()
    fields: dict[str, GraphQLField] = query.fields | mutation.fields
    return fields


def payloads() -> set[GraphQLNamedType]:
    """Return the types that mutations answer with, which are told with them."""
    _, mutation = operations()
    return {contract().type_map[str(field.type).rstrip("!")] for field in mutation.fields.values()}


@dataclass(frozen=True)
class Declared:
    """Who may read a field. `scopes`: which of them together are enough, in alternatives; `max_age` is in seconds."""

    scopes: tuple[tuple[str, ...], ...]
    rule: str = ""
    reason: str = ""
    max_age: int = 0
    unless: str = ""


def declared(field: GraphQLField) -> Declared:
    """Return what is printed at a field."""
    nodes = (field.ast_node.directives if field.ast_node else None) or ()
    said = {node.name.value: _arguments(node) for node in nodes}
    alternatives, access = said.get("requiresScopes", {}).get("scopes", []), said.get("access", {})
    assert isinstance(alternatives, list), "Federation says so"  # noqa: S101
    return Declared(
        scopes=tuple(tuple(map(str, together)) for together in alternatives),
        rule=str(access.get("rule", "")),
        reason=str(access.get("reason", "")),
        max_age=int(str(access.get("maxAge", 0))),
        unless=str(access.get("unless", "")),
    )


def _arguments(node: ConstDirectiveNode) -> dict[str, object]:
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}
