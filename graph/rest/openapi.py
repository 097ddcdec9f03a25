"""The REST paths as OpenAPI 3.1 describes them, read from each route's operation and the schema's own words."""

from functools import cache
from typing import Final

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.access import AccessDirective
from graph.rest.routes import ROUTES, Route
from graph.schema import access_of, schema
from idp import __version__

Json = dict[str, object]
MAX_AGE_SECONDS: Final = 300
SCALARS: Final = {"String": "string", "ID": "string", "Int": "integer", "Float": "number", "Boolean": "boolean"}
FORMS: Final = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
SCHEME: Final = "openId"
# What may be answered instead, in the words of RFC 6750, RFC 9110 and RFC 6585: by every path, by those that are not
# public, by those that read a body
ALWAYS: Final = {
    "401": "There is no access token, or one that is not good; WWW-Authenticate says which.",
    "429": "Too much, too fast; Retry-After says for how many seconds to wait.",
}
NOT_PUBLIC: Final = {"403": "The access token doesn't allow this."}
WITH_A_BODY: Final = {
    "400": "A parameter or the body is not as it should be.",
    "413": "The body is too large.",
    "415": "The body is of another kind than those that are read.",
}


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """`GET /api/openapi.json`: the description, the same for everybody."""
    headers = {"Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    return HttpResponse(description(settings.ISSUER_URL), content_type="application/json", headers=headers)


@cache
def description(issuer: str) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(
        {
            "openapi": "3.1.1",
            "info": {
                "title": "Gatehouse",
                "version": __version__,
                "description": "Stored GraphQL operations by path; whatever else there is, is asked for at /graphql.",
            },
            "servers": [{"url": issuer}],
            "paths": {f"/{route.path}/": _path_item(route) for route in ROUTES},
            "components": {
                "schemas": {"Error": ERROR},
                "securitySchemes": {
                    SCHEME: {
                        "type": "openIdConnect",
                        "openIdConnectUrl": f"{issuer}/.well-known/openid-configuration",
                        "description": "An access token: as `Bearer`, or as `DPoP` with a proof where it is bound.",
                    }
                },
            },
        }
    )


ERROR: Final[Json] = {
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "A stable name for programs; the RFCs' where they have one."},
        "error_description": {"type": "string", "description": "A sentence for people."},
        "field": {"type": "string", "description": "The parameter it is about."},
    },
    "required": ["error", "error_description"],
    "additionalProperties": False,
}


def _path_item(route: Route) -> Json:
    operation = _operation(route)
    selected = _selected(operation.selection_set)
    root = schema._schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101 - the operation was validated
    field = root.fields[selected[0].name.value]
    answer = _object(root, operation.selection_set)
    if route.unwrap:
        properties = answer["properties"]
        assert isinstance(properties, dict)  # noqa: S101 - of an object
        answer = properties[route.unwrap]
    return {method.lower(): _method(route, method, operation, field, answer) for method in route.methods}


def _method(route: Route, method: str, operation: OperationDefinitionNode, field: GraphQLField, answer: object) -> Json:
    name = operation.name.value if operation.name else route.operation
    reads_a_body = method == "POST" and bool(route.variables)
    refusals = ALWAYS | ({} if _is_public(field) else NOT_PUBLIC) | (WITH_A_BODY if reads_a_body else {})
    described: Json = {
        "operationId": name if len(route.methods) == 1 else f"{name}By{method.title()}",
        "summary": field.description or "",
        "security": _security(field),
        "responses": {
            "200": {"description": "What was asked.", "content": {"application/json": {"schema": answer}}},
            **{status: _refusal(words) for status, words in sorted(refusals.items())},
        },
    }
    if reads_a_body:
        described["requestBody"] = {"content": {kind: {"schema": _body(route, field)} for kind in FORMS}}
    return described


def _body(route: Route, field: GraphQLField) -> Json:
    arguments = {name: field.args[name].description or "" for name in route.variables}
    properties = {name: {"type": "string", "description": words} for name, words in arguments.items()}
    return {"type": "object", "properties": properties}


def _is_public(field: GraphQLField) -> bool:
    return any(isinstance(said, AccessDirective) and said.rule == "PUBLIC" for said in access_of(field).directives)


def _refusal(words: str) -> Json:
    reference = {"$ref": "#/components/schemas/Error"}
    return {"description": words, "content": {"application/json": {"schema": reference}}}


def _security(field: GraphQLField) -> list[Json]:
    """Return what is enough: one of the scopes, any token, or, of what is public, none."""
    if _is_public(field):
        return [{}, {SCHEME: []}]
    return [{SCHEME: list(together)} for together in access_of(field).scopes] or [{SCHEME: []}]


def _operation(route: Route) -> OperationDefinitionNode:
    document = route.document.document
    assert document is not None  # noqa: S101 - a stored operation is good, or nothing starts
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return operation


def _selected(selection_set: SelectionSetNode) -> list[FieldNode]:
    return [node for node in selection_set.selections if isinstance(node, FieldNode)]


def _object(type_: GraphQLObjectType, selection_set: SelectionSetNode) -> Json:
    """Return the schema of what is selected. A member that is null, or withheld, is left out of an answer."""
    properties: Json = {}
    required = []
    for node in _selected(selection_set):
        field, key = type_.fields[node.name.value], (node.alias or node.name).value
        properties[key] = {**_shape(field.type, node.selection_set), "description": field.description or ""}
        if isinstance(field.type, GraphQLNonNull):
            required.append(key)
    return {"type": "object", "properties": properties, "required": required}


def _shape(type_: GraphQLType, selection_set: SelectionSetNode | None) -> Json:
    match type_:
        case GraphQLNonNull():
            return _shape(type_.of_type, selection_set)
        case GraphQLList():
            return {"type": "array", "items": _shape(type_.of_type, selection_set)}
        case GraphQLObjectType() if selection_set is not None:
            return _object(type_, selection_set)
    return {"type": SCALARS[str(type_)]}
