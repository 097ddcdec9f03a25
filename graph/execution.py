"""From text to answer: parse and validate once, execute, mask.

graphql-core is called directly, and not through `Schema.execute_sync`: a prepared document then goes the same way
whether it came as text or is a stored operation, and nothing runs that the answer doesn't need.
"""

from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLFormattedError,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
)
from strawberry.schema.schema import validate_document

from graph import introspection, limits
from graph.errors import Code, GraphError, field_error, request_error
from graph.leaves import LeafExecutor
from graph.schema import ALONE, LISTS, schema
from graph.viewer import Context

CACHED_DOCUMENTS = 256
CACHED_DOCUMENT_CHARACTERS = 4096


class Prepared(NamedTuple):
    """A document that may be executed, or the errors for which it may not."""

    document: DocumentNode | None
    errors: tuple[GraphQLFormattedError, ...] = ()
    introspects: bool = False


class Answer(NamedTuple):
    """What executing gave. `executed` is false where the request was refused before any field was asked."""

    data: dict[str, object] | None
    errors: list[GraphQLFormattedError]
    executed: bool = True


def prepare(text: str) -> Prepared:
    """Parse, measure and validate a document; of short ones the outcome is remembered, good or bad."""
    return _remembered(text) if len(text) <= CACHED_DOCUMENT_CHARACTERS else _prepare(text)


def _prepare(text: str) -> Prepared:
    try:
        document = parse(text, max_tokens=limits.MAX_TOKENS)
        if too_much := limits.excess(document, LISTS):
            return Prepared(None, (GraphError(Code.OPERATION_TOO_COMPLEX, too_much).formatted,))
        errors = validate_document(schema._schema, document, tuple(specified_rules))
    except GraphQLError as error:
        return Prepared(None, (request_error(error, Code.GRAPHQL_PARSE_FAILED),))
    except RecursionError:
        too_deep = GraphError(Code.OPERATION_TOO_COMPLEX, "The document is nested too deeply.")
        return Prepared(None, (too_deep.formatted,))
    if errors:
        return Prepared(None, tuple(request_error(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors))
    if crowded := limits.crowded(document, ALONE):
        return Prepared(None, (GraphError(Code.OPERATION_TOO_COMPLEX, crowded).formatted,))
    return Prepared(document, introspects=introspection.introspects(document))


_remembered = lru_cache(maxsize=CACHED_DOCUMENTS)(_prepare)


def run(
    prepared: Prepared, context: Context, variables: dict[str, object] | None = None, operation_name: str | None = None
) -> Answer:
    """Execute a prepared document; never raises for what a resolver does."""
    if prepared.document is None:
        return Answer(None, introspection.without_hints(list(prepared.errors), context), executed=False)
    if get_operation_ast(prepared.document, operation_name) is None:
        error = GraphError(Code.OPERATION_RESOLUTION_FAILURE, "The operation name must name one of the operations.")
        return Answer(None, [error.formatted], executed=False)
    if prepared.introspects and (refused := introspection.refusal(context)):
        return Answer(None, [refused], executed=False)
    result = execute_sync(
        schema._schema,
        prepared.document,
        context_value=context,
        variable_values=variables,
        operation_name=operation_name,
        executor_class=LeafExecutor,
    )
    return _answer(result, context)


def _answer(result: ExecutionResult, context: Context) -> Answer:
    if context.refusal is not None:
        return Answer(None, [context.refusal.formatted], executed=False)
    errors = introspection.without_hints([field_error(error) for error in result.errors or ()], context)
    return Answer(result.data, errors, executed=not any("path" not in error for error in errors))
