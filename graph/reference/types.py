"""The page of types: what each is, its fields, and who may read them."""

from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    is_introspection_type,
    is_specified_scalar_type,
)

from graph.reference.contract import contract, operations, payloads
from graph.reference.tables import inputs, link, one_line, table, table_of_arguments, table_of_fields

# What the SDL doesn't describe, as these are not ours
SCALARS: Final = {"UUID": "A UUID as text (RFC 9562).", "_Any": "A reference to an entity: `__typename` and its key."}

HEAD: Final = """\
# Types

{}
How to read it: [the schema](graphql.md). Where nothing is said of who may read a field, whoever was given the object
may.
"""


def types_page(written: str) -> str:
    """Return the page, with every type but those of the language, the roots, and the payloads."""
    told = {*operations(), *payloads()}
    rest = (
        type_
        for type_ in sorted(contract().type_map.values(), key=lambda type_: type_.name.lower())
        if not (type_ in told or is_introspection_type(type_) or is_specified_scalar_type(type_))
    )
    return HEAD.format(written) + "".join(f"\n## {type_.name}\n\n{_what(type_)}\n{_inside(type_)}" for type_ in rest)


def _what(type_: GraphQLNamedType) -> str:
    return one_line(type_.description or SCALARS.get(type_.name)) + "\n"


def _inside(type_: GraphQLNamedType) -> str:
    match type_:
        case GraphQLObjectType() | GraphQLInterfaceType():
            return table_of_fields(type_) + table_of_arguments(type_)
        case GraphQLInputObjectType():
            return table(("field", "type", "default", "what it is"), inputs(type_.fields))
        case GraphQLEnumType():
            values = ((f"`{name}`", one_line(value.description)) for name, value in type_.values.items())
            return table(("value", "meaning"), values)
        case GraphQLUnionType():
            return f"One of {', '.join(link(member) for member in type_.types)}.\n"
    return "A scalar.\n"
