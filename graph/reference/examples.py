"""An example request for each operation: a file that people copy and a test executes."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    validate,
    visit,
)

from graph.reference.contract import Declared, contract, declared, operations, root_fields
from oauth_ext.scopes import COMMON, OWN

EVERYBODYS: Final = frozenset((*COMMON, *OWN))


class BadExample(Exception):
    """An example is missing, left over, or doesn't fit the schema; the words say which."""


@dataclass(frozen=True)
class Example:
    """One file: the variables as JSON in the comment at its top, if it has any, then the document.

    A text `$userId` among the variables stands for what the reader has to fill in.
    """

    name: str
    text: str

    @cached_property
    def _parts(self) -> tuple[str, str]:
        lines = self.text.splitlines(keepends=True)
        top = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        return "".join(line.removeprefix("#") for line in lines[:top]), "".join(lines[top:]).strip()

    @property
    def document(self) -> str:
        """The document alone."""
        return self._parts[1]

    @property
    def variables(self) -> dict[str, object]:
        """The variables, with the names of what is to be filled in."""
        values = json.loads(self._parts[0] or "{}")
        if not isinstance(values, dict):
            raise BadExample(f"{self.name}: the comment at its top is not an object of variables")
        return values

    @cached_property
    def parsed(self) -> DocumentNode:
        """The document, which fits the schema and asks for the field that it is named after; else `BadExample`."""
        try:
            document = parse(self.document)
        except GraphQLError as error:
            raise BadExample(f"{self.name}: {error.message}") from error
        errors = validate(contract(), document)
        if errors:
            raise BadExample(f"{self.name}: {errors[0].message}")
        roots = self._operation(document).selection_set.selections
        asked = [node.name.value for node in roots if isinstance(node, FieldNode)]
        if asked != [self.name]:
            raise BadExample(f"{self.name}: it asks for {', '.join(asked)}")
        return document

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that a token needs for all of it, by what is printed at each field that it asks for."""
        types = TypeInfo(contract())
        needed = _Needed(types)
        visit(self.parsed, TypeInfoVisitor(types, needed))
        return tuple(needed.scopes)

    @property
    def shape(self) -> object:
        """The answer, with the type of each value in its place."""
        operation = self._operation(self.parsed)
        query, mutation = operations()
        return {"data": _shape(query if operation.operation.value == "query" else mutation, operation.selection_set)}

    @staticmethod
    def _operation(document: DocumentNode) -> OperationDefinitionNode:
        (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        return operation


def read(folder: Path) -> dict[str, Example]:
    """Return the examples by the root field that they are for; raises `BadExample` unless there is one for each."""
    found = {file.stem: Example(file.stem, file.read_text(encoding="utf-8")) for file in folder.glob("*.graphql")}
    for name in root_fields().keys() - found.keys():
        raise BadExample(f"{name}: there is no {folder.name}/{name}.graphql")
    for name in found.keys() - root_fields().keys():
        raise BadExample(f"{name}: there is no such query or mutation")
    return found


class _Needed(Visitor):
    """Collects scopes, field by field: one that is needed already is enough where there is a choice.

    Of what belongs to a person, who comes with power over others needs the scope for everybody's.
    """

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.scopes: list[str] = []

    def enter_field(self, *_: object) -> None:
        field = self._types.get_field_def()
        if field is not None:
            self.scopes += self._missing(declared(field))

    def _missing(self, said: Declared) -> tuple[str, ...]:
        if not said.scopes or any(set(together) <= set(self.scopes) for together in said.scopes):
            return ()
        if said.rule == "OWNER" and not EVERYBODYS.issuperset(self.scopes):
            return (said.unless,)
        return tuple(name for name in said.scopes[0] if name not in self.scopes)


def _shape(type_: GraphQLType, selection_set: SelectionSetNode | None) -> object:
    if not is_composite_type(get_named_type(type_)) or selection_set is None:
        return str(type_)
    match type_:
        case GraphQLNonNull():
            return _shape(type_.of_type, selection_set)
        case GraphQLList():
            return [_shape(type_.of_type, selection_set)]
    shape: dict[str, object] = {}
    for node in selection_set.selections:
        if isinstance(node, InlineFragmentNode) and node.type_condition:
            part = _shape(contract().type_map[node.type_condition.name.value], node.selection_set)
            assert isinstance(part, dict)  # noqa: S101 - of an object
            shape |= part
        elif isinstance(node, FieldNode):
            name = node.name.value
            fields = getattr(type_, "fields", {})
            shape[(node.alias or node.name).value] = (
                "String!" if name == "__typename" else _shape(fields[name].type, node.selection_set)
            )
    return shape
