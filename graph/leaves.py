"""graphql-core's executor with a short way to what most answers are made of: leaves that are attributes of an object.

A leaf, or a list of leaves, has no arguments, no selection and no resolver of its own: who may read it is asked, it is
read and coerced. All else, an error in a leaf too, is left to graphql-core.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Final, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    Undefined,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from typing_extensions import override

from graph.viewer import Context

_LEAF: Final = "gatehouse.leaf"


class Leaf(NamedTuple):
    """How a leaf is read. `permits` may be asked twice of one field: it changes nothing."""

    permits: Callable[[Context, object], bool]
    read: Callable[[object], object]
    coerce: Callable[[object], object]
    is_nullable: bool


def declare(field: GraphQLField, attribute: str, permits: Callable[[Context, object], bool]) -> None:
    """Note of a field that it is this attribute, if it is a leaf."""
    type_ = get_nullable_type(field.type)
    coerce = _coercion(type_)
    if coerce is not None and not field.args:
        field.extensions[_LEAF] = Leaf(permits, attrgetter(attribute), coerce, type_ is field.type)


def _coercion(type_: GraphQLType) -> Callable[[object], object] | None:
    """Return how a value of the type is coerced (GraphQL §6.4.3), if it is one of leaves."""
    if is_leaf_type(type_):
        return type_.coerce_output_value
    if not isinstance(type_, GraphQLList) or not isinstance(type_.of_type, GraphQLNonNull):
        return None
    coerce = _coercion(type_.of_type.of_type)

    def each(values: object) -> object:
        told = [coerce(value) for value in values] if coerce and isinstance(values, list) else [None]
        return Undefined if None in told or Undefined in told else told

    return coerce and each


class LeafExecutor(Executor[None]):
    """Takes the short way where there is one."""

    @override
    def execute_field(  # type: ignore[explicit-any]  # graphql-core has them
        self,
        parent_type: GraphQLObjectType,
        source: object,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: None,
    ) -> object:
        """Return the value of a field (GraphQL §6.4)."""
        field = parent_type.fields.get(field_details_list[0].node.name.value)
        leaf = field.extensions.get(_LEAF) if field else None
        told = _tell(leaf, self.context_value, source) if leaf else Undefined
        if told is Undefined:
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        return told


def _tell(leaf: Leaf, context: Context, source: object) -> object:
    """Return the value of a leaf, or `Undefined` for whatever is no plain answer."""
    try:
        value = leaf.read(source) if leaf.permits(context, source) else None
        if value is not None:
            coerced = leaf.coerce(value)
            return Undefined if coerced is None else coerced
    except Exception:  # noqa: BLE001  # graphql-core comes upon it again, and says where
        return Undefined
    return None if leaf.is_nullable else Undefined
