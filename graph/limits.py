"""What a document may cost, measured before it is validated."""

from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_BODY_BYTES = 64 * 1024
MAX_TOKENS = 1000  # a full introspection query has about 400
MAX_DEPTH = 15  # a full introspection query is 13 deep
MAX_ALIASES = 20


@dataclass
class _Measure:
    """Depth and aliases of a selection, fragments spread: each is measured once, or a few could double each other."""

    fragments: dict[str, FragmentDefinitionNode]
    known: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, selection_set: SelectionSetNode | None) -> tuple[int, int]:
        depth = aliases = 0
        for node in selection_set.selections if selection_set else ():
            match node:
                case FieldNode():
                    below, inside = self.of(node.selection_set)
                    depth, aliases = max(depth, below + 1), aliases + inside + bool(node.alias)
                case InlineFragmentNode():
                    below, inside = self.of(node.selection_set)
                    depth, aliases = max(depth, below), aliases + inside
                case FragmentSpreadNode():
                    below, inside = self.of_fragment(node.name.value)
                    depth, aliases = max(depth, below), aliases + inside
        return depth, aliases

    def of_fragment(self, name: str) -> tuple[int, int]:
        if name not in self.known:
            self.known[name] = (0, 0)  # a fragment within itself: validation refuses it by name
            fragment = self.fragments.get(name)
            self.known[name] = self.of(fragment.selection_set) if fragment else (0, 0)
        return self.known[name]


def excess(document: DocumentNode) -> str:
    """Return what is too much about the document, or an empty string."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            depth, aliases = measure.of(node.selection_set)
            if depth > MAX_DEPTH:
                return f"The operation is {depth} levels deep; {MAX_DEPTH} are allowed."
            if aliases > MAX_ALIASES:
                return f"The operation has {aliases} aliases; {MAX_ALIASES} are allowed."
    return ""
