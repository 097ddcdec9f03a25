"""Tables of fields and arguments, and links from a type's name to what is said of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLType,
    get_named_type,
    is_specified_scalar_type,
    print_ast,
)

from graph.reference.contract import declared, payloads
from graph.reference.words import WITH_THE_OBJECT, who_may


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)


def one_line(text: str | None) -> str:
    """Return a description so that it fits a cell."""
    return " ".join((text or "").split()).replace("|", "\\|")


def link(type_: GraphQLType, page: str = "") -> str:
    """Return a type as it is written, leading to what is said of it on the page of types."""
    named = get_named_type(type_)
    assert named is not None  # noqa: S101 - the type of a field
    if is_specified_scalar_type(named) or named in payloads():
        return f"`{type_}`"
    return f"[`{type_}`]({page}#{named.name.lower()})"


def about(field: GraphQLField) -> str:
    """Return what a field is, in one line, and instead of what it is there no more."""
    gone = f" **Deprecated:** {one_line(field.deprecation_reason)}" if field.deprecation_reason else ""
    return one_line(field.description) + gone


def inputs(
    values: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField], page: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is given to a field or in an object: name, type, default, what it is."""
    for name, value in values.items():
        yield f"`{name}`", link(value.type, page), _default(value), one_line(value.description)


def _default(value: GraphQLArgument | GraphQLInputField) -> str:
    """Return the default as it is written in the SDL; empty where there is none."""
    written = value.ast_node.default_value if value.ast_node else None
    return f"`{print_ast(written)}`" if written else ""


def table_of_fields(type_: GraphQLNamedType, page: str = "") -> str:
    """Return the fields of an object or interface, and who may read them where it isn't always who was given it."""
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType), "nothing else has fields"  # noqa: S101
    rows = [
        (f"`{name}{_taken(field)}`", link(field.type, page), about(field), _beyond(who_may(declared(field))))
        for name, field in type_.fields.items()
    ]
    columns = 4 if any(who for *_, who in rows) else 3
    return table(("field", "type", "what it is", "who may read it")[:columns], (row[:columns] for row in rows))


def table_of_arguments(type_: GraphQLNamedType) -> str:
    """Return what the fields of a type take, or nothing where none takes anything."""
    taken = ((name, field.args) for name, field in getattr(type_, "fields", {}).items())
    rows = [(f"`{name}`", *row) for name, arguments in taken for row in inputs(arguments)]
    return "\n" + table(("field", "argument", "type", "default", "what it is"), rows) if rows else ""


def _taken(field: GraphQLField) -> str:
    return f"({', '.join(field.args)})" if field.args else ""


def _beyond(who: str) -> str:
    return "" if who == WITH_THE_OBJECT else who
