"""What a document may cost, measured before it is validated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from graph.connections import MAX_PAGE

MAX_BODY_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 1024 * 1024
MAX_TOKENS = 1000  # a full introspection query has about 400
MAX_DEPTH = 15  # a full introspection query is 13 deep
MAX_ALIASES = 20
MAX_DIRECTIVES = 20
MAX_COST = 3000  # values: those of a list, as many as it may have; all others are one
MAX_FIELDS = 250  # a full introspection query has about 200; validation compares those of one name pair by pair


class Listed(NamedTuple):
    """A list: how many rows it gives to who doesn't say, which argument says how many, and the most that it may say.

    `nested`: it may stand in another list, for one statement loads it for all rows of that page.
    """

    unasked: int
    argument: str = "first"
    most: int = MAX_PAGE
    nested: bool = False


class Size(NamedTuple):
    """How deep a selection is, and how many aliases, fields and directives it has; its values, and lists in lists."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0
    cost: int = 0
    pages: int = 0

    def beside(self, other: "Size") -> "Size":
        """Return the size of two selections together."""
        return Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.fields + other.fields,
            self.directives + other.directives,
            self.cost + other.cost,
            max(self.pages, other.pages),
        )


@dataclass
class _Measure:
    """The size of a selection, fragments spread: each is measured once, or a few could double each other."""

    fragments: dict[str, FragmentDefinitionNode]
    lists: Mapping[str, Listed]
    known: dict[str, Size] = field(default_factory=dict)

    def of(self, selection_set: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selection_set.selections if selection_set else ():
            size = size.beside(Size(directives=len(node.directives or ())))
            match node:
                case FieldNode():
                    below = self.of(node.selection_set)
                    own = below._replace(depth=below.depth + 1)
                    if listed := self.lists.get(node.name.value):
                        pages = below.pages + (not listed.nested)
                        own = own._replace(cost=_page_size(node, listed) * below.cost, pages=pages)
                    size = size.beside(own).beside(Size(aliases=bool(node.alias), fields=1, cost=1))
                case InlineFragmentNode():
                    size = size.beside(self.of(node.selection_set))
                case FragmentSpreadNode():
                    size = size.beside(self.of_fragment(node.name.value))
        return size

    def of_fragment(self, name: str) -> Size:
        if name not in self.known:
            self.known[name] = Size()  # a fragment within itself: validation refuses it by name
            fragment = self.fragments.get(name)
            self.known[name] = self.of(fragment.selection_set) if fragment else Size()
        return self.known[name]


def _page_size(node: FieldNode, listed: Listed) -> int:
    """Return how many rows a list may give: what stands there, or the most where a variable does."""
    for argument in node.arguments or ():
        if argument.name.value == listed.argument:
            value = argument.value
            if isinstance(value, IntValueNode) and value.value.isdigit() and len(value.value) <= len(str(listed.most)):
                return max(1, min(int(value.value), listed.most))
            return listed.most
    return listed.unasked


def sizes(document: DocumentNode, lists: Mapping[str, Listed]) -> Iterator[Size]:
    """Yield the size of each operation; `lists` are the fields that give many rows."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments, lists)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield measure.of(node.selection_set).beside(Size(directives=len(node.directives or ())))


def excess(document: DocumentNode, lists: Mapping[str, Listed]) -> str:
    """Return what is too much about the document, or an empty string; `lists` as for `sizes`."""
    for depth, aliases, fields, directives, cost, pages in sizes(document, lists):
        if depth > MAX_DEPTH:
            return f"The operation is {depth} levels deep; {MAX_DEPTH} are allowed."
        if aliases > MAX_ALIASES:
            return f"The operation has {aliases} aliases; {MAX_ALIASES} are allowed."
        if fields > MAX_FIELDS:
            return f"The operation has {fields} fields; {MAX_FIELDS} are allowed."
        if pages > 1:
            return "The operation has a list of lists: ask for the inner ones by the id of their node."
        if cost > MAX_COST:
            return f"The operation may have {cost} values; {MAX_COST} are allowed."
        if directives > MAX_DIRECTIVES:
            return f"The operation has {directives} directives; {MAX_DIRECTIVES} are allowed."
    return ""


def crowded(document: DocumentNode, alone: frozenset[str]) -> str:
    """Return which mutation of a valid document would have to be the only one of its operation, or an empty string."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION:
            called = list(_called(node.selection_set, fragments))
            if len(called) > 1 and (named := alone.intersection(called)):
                return f"{min(named)} must be the only field of its operation."
    return ""


def _called(selection_set: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[str]:
    """Yield the names of the fields of a selection, fragments spread, as often as they stand there."""
    for node in selection_set.selections:
        match node:
            case FieldNode():
                yield node.name.value
            case InlineFragmentNode():
                yield from _called(node.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _called(fragments[node.name.value].selection_set, fragments)
