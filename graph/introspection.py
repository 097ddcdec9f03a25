"""Who is told the schema: where it isn't anybody, whoever has an access token."""

import re

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLFormattedError,
    OperationDefinitionNode,
    SelectionNode,
)

from graph.errors import Refused
from graph.viewer import Context, judge_request

ASKS = frozenset({"__schema", "__type"})
HINT = re.compile(r" Did you mean .*\?$", re.DOTALL)


def introspects(document: DocumentNode) -> bool:
    """Whether a document asks for the schema at the root of an operation, or in a fragment that may stand there."""
    return any(
        _asks(node.selection_set.selections)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    )


def _asks(selections: tuple[SelectionNode, ...]) -> bool:
    for node in selections:
        if isinstance(node, FieldNode):
            if node.name.value in ASKS:
                return True
        elif (within := getattr(node, "selection_set", None)) and _asks(within.selections):
            return True
    return False


def refusal(context: Context) -> GraphQLFormattedError | None:
    """Return why this caller is not told the schema, or None."""
    if settings.GRAPHQL_INTROSPECTION == "public":
        return None
    try:
        context.viewer  # noqa: B018 - asked for its refusal
    except Refused as refused:
        return refused.formatted
    return None


def without_hints(errors: list[GraphQLFormattedError], context: Context) -> list[GraphQLFormattedError]:
    """Return the errors of a document, with the names that graphql-core suggests for who may know the schema alone."""
    if not any(HINT.search(error["message"]) for error in errors) or _may_know(context):
        return errors
    return [error | GraphQLFormattedError(message=HINT.sub("", error["message"])) for error in errors]


def _may_know(context: Context) -> bool:
    """Whether the caller has a good token; a bad one is no refusal here: what is wrong is the document."""
    if settings.GRAPHQL_INTROSPECTION == "public":
        return True
    try:
        return bool(judge_request(context.request))
    except Refused:
        return False
