"""graphql-core's executor with a short way to what most answers are made of: leaves that are attributes of an object.

A leaf, or a list of leaves, has no arguments, no selection and no resolver of its own: who may read it is asked, it is
read and coerced. Where nothing but fields is selected of an object, nothing is collected. All else, a value that won't
do too, is left to graphql-core.
"""

from collections.abc import Awaitable, Callable
from operator import attrgetter
from typing import Final, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLType,
    Undefined,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from typing_extensions import override

from graph.errors import GraphError
from graph.viewer import Context

_LEAF: Final = "gatehouse.leaf"


class Leaf(NamedTuple):
    """How a leaf is read. `allows`, where it is not for whoever has the object, says so or raises, and changes nothing.

    `type_` is the one of the field.
    """

    allows: Callable[[Context, object], bool] | None
    read: Callable[[object], object]
    coerce: Callable[[object], object]
    type_: GraphQLOutputType

    def tell(self, context: Context, source: object) -> object:
        """Return the value, `Undefined` for whatever is no plain answer, or raise as it is refused."""
        is_told = self.allows is None or self.allows(context, source)
        value = self.read(source) if is_told else None
        if value is None:
            return Undefined if isinstance(self.type_, GraphQLNonNull) else None
        coerced = self.coerce(value)
        return Undefined if coerced is None else coerced


def declare(field: GraphQLField, attribute: str, allows: Callable[[Context, object], bool] | None) -> None:
    """Note of a field that it is this attribute, if it is a leaf."""
    type_ = get_nullable_type(field.type)
    coerce = _coercion(type_)
    if coerce is not None and not field.args:
        field.extensions[_LEAF] = Leaf(allows, attrgetter(attribute), coerce, field.type)


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
    """Takes the short way where there is one. Everything is synchronous."""

    @override
    def collect_and_execute_subfields(  # type: ignore[explicit-any]  # graphql-core has them
        self,
        return_type: GraphQLObjectType,
        field_details_list: list[FieldDetails],
        path: Path,
        result: object,
        position_context: None,
    ) -> Awaitable[dict[str, object]] | dict[str, object]:
        """Return what is selected of an object (GraphQL §6.4.3)."""
        fields = _plain_fields(field_details_list)
        if fields is None or self.context_value.is_late:
            return super().collect_and_execute_subfields(
                return_type, field_details_list, path, result, position_context
            )
        told: dict[str, object] = {}
        for name, node in fields.items():
            leaf = _leaf(return_type, node)
            value = Undefined if leaf is None else self._tell(leaf, node, return_type, path, result)
            if value is Undefined:
                there = Path(path, name, return_type.name)
                value = super().execute_field(return_type, result, [FieldDetails(node, None)], there, None)
            told[name] = value
        return told

    @override
    def execute_field(  # type: ignore[explicit-any]  # graphql-core has them
        self,
        parent_type: GraphQLObjectType,
        source: object,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: None,
    ) -> object:
        """Return the value of a field (GraphQL §6.4) among others that aren't plain."""
        [details, *others] = field_details_list
        leaf = None if others else _leaf(parent_type, details.node)
        if leaf is not None and not self.context_value.is_late:
            told = self._tell(leaf, details.node, parent_type, path.prev, source)
            if told is not Undefined:
                return told
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def _tell(self, leaf: Leaf, node: FieldNode, type_: GraphQLObjectType, path: Path | None, source: object) -> object:
        """Return the value of a leaf, null for one that is refused, or `Undefined` for whatever is no plain answer."""
        try:
            return leaf.tell(self.context_value, source)
        except GraphError as error:
            there = Path(path, _name(node), type_.name)
            self.handle_field_error(error, leaf.type_, [FieldDetails(node, None)], there)
            return None
        except Exception:  # noqa: BLE001  # graphql-core comes upon it again, and says where
            return Undefined


def _plain_fields(field_details_list: list[FieldDetails]) -> dict[str, FieldNode] | None:  # type: ignore[explicit-any]  # it has them
    """Return the fields that are selected, by the name they get, where no fragment, directive or merging matters."""
    [details, *others] = field_details_list
    selected = details.node.selection_set
    if others or selected is None:
        return None
    fields: dict[str, FieldNode] = {}
    for node in selected.selections:
        if not isinstance(node, FieldNode) or node.directives:
            return None
        fields[_name(node)] = node
    return fields if len(fields) == len(selected.selections) else None


def _name(node: FieldNode) -> str:
    return (node.alias or node.name).value


def _leaf(type_: GraphQLObjectType, node: FieldNode) -> Leaf | None:
    field = type_.fields.get(node.name.value)
    return field.extensions.get(_LEAF) if field else None
