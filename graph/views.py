"""GraphQL over HTTP: POST with a JSON body, answered in the media type that was asked for.

The specification's two types differ in their status: `application/json` is 200 for every well-formed request,
`application/graphql-response+json` tells by its status whether there is data. In both, a request that needs
authentication and has none is 401, as RFC 6750 demands, and so is one that is answered with nothing but the demand of a
more recent sign-in (RFC 9470).
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLFormattedError

from graph.documents import by_id, is_trusted
from graph.errors import Code, GraphError, code_of, over_http
from graph.execution import Prepared, prepare, run
from graph.http import JSON, json_response, read_json_object, require_method
from graph.limits import MAX_ANSWER_BYTES
from graph.viewer import Context
from oauth_ext.dpop.services import offers_nonce
from oauth_ext.responses import pointing_to

PATH = "/graphql"
CHALLENGE = "WWW-Authenticate"
GRAPHQL_RESPONSE = "application/graphql-response+json"
UTF_8 = "; charset=utf-8"
REMEMBERED_CHARACTERS = 256
ANSWERED = [JSON, GRAPHQL_RESPONSE, JSON + UTF_8, GRAPHQL_RESPONSE + UTF_8]


class _Asked(NamedTuple):
    document: Prepared
    trusted: bool
    variables: dict[str, object] | None
    operation_name: str | None


@csrf_exempt  # no cookie is looked at, so there is nothing to forge
@offers_nonce
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer one operation, sent as text or by `documentId`; batches, GET and other bodies than JSON are refused."""
    media_type = JSON
    try:
        require_method(request, "POST")
        media_type = _media_type(request)
        asked = _operation(request)
    except GraphError as error:
        return _respond(request, media_type, {}, [error.formatted], refused=True)
    context = Context(request, trusted=asked.trusted)
    answer = run(asked.document, context, asked.variables, asked.operation_name)
    data: dict[str, object] = {"data": answer.data} if answer.executed else {}
    refused = context.refusal is not None or (
        answer.data is None and (media_type == GRAPHQL_RESPONSE or _is_step_up(answer.errors))
    )
    return _respond(request, media_type, data, answer.errors, refused=refused)


def _is_step_up(errors: list[GraphQLFormattedError]) -> bool:
    return bool(errors) and code_of(errors[0]) is Code.INSUFFICIENT_USER_AUTHENTICATION


def _media_type(request: HttpRequest) -> str:
    accept = request.META.get("HTTP_ACCEPT", "*/*")
    preferred = _preferred(accept) if len(accept) <= REMEMBERED_CHARACTERS else request.get_preferred_type(ANSWERED)
    if preferred is None:
        raise GraphError(Code.NOT_ACCEPTABLE, f"This answers {JSON} or {GRAPHQL_RESPONSE}.")
    return preferred.partition(";")[0]


@lru_cache(maxsize=256)
def _preferred(accept: str) -> str | None:
    """Return Django's choice for a header; clients of a kind all send the same one."""
    asked = HttpRequest()
    asked.META["HTTP_ACCEPT"] = accept
    return asked.get_preferred_type(ANSWERED)


def _operation(request: HttpRequest) -> _Asked:
    if request.content_type != JSON:
        raise GraphError(Code.UNSUPPORTED_MEDIA_TYPE, f"The body must be {JSON}.")
    body = read_json_object(request)
    variables, operation_name = body.get("variables"), body.get("operationName")
    if not isinstance(variables, dict | None):
        raise GraphError(Code.BAD_REQUEST, "variables must be an object.", field="variables")
    if not isinstance(operation_name, str | None):
        raise GraphError(Code.BAD_REQUEST, "operationName must be a string.", field="operationName")
    if not isinstance(body.get("extensions"), dict | None):
        raise GraphError(Code.BAD_REQUEST, "extensions must be an object.", field="extensions")
    document, trusted = _document(body.get("query"), body.get("documentId"))
    return _Asked(document, trusted, variables, operation_name)


def _document(query: object, identifier: object) -> tuple[Prepared, bool]:
    """Return the document that came as text or is known by its identifier, and whether each client may run it."""
    if identifier is not None:
        if query is not None or not isinstance(identifier, str):
            raise GraphError(Code.BAD_REQUEST, "documentId must be a string, and without a query.", field="documentId")
        return by_id(identifier), True
    if not isinstance(query, str):
        raise GraphError(Code.BAD_REQUEST, "query must be a string.", field="query")
    return prepare(query), not settings.GRAPHQL_TRUSTED_ONLY or is_trusted(query)


def _respond(
    request: HttpRequest,
    media_type: str,
    data: dict[str, object],
    errors: list[GraphQLFormattedError],
    *,
    refused: bool,
) -> HttpResponse:
    status, headers = over_http(errors[0]) if refused else (200, {})
    # a client believes metadata only of the very address that it asked (RFC 9728 §3.3)
    if CHALLENGE in headers and request.path == PATH:
        metadata = settings.ISSUER_URL + reverse("oauth-protected-resource-graphql")
        headers = headers | {CHALLENGE: pointing_to(headers[CHALLENGE], metadata)}
    body = data | ({"errors": errors} if errors else {})
    response = json_response(body, status, media_type + UTF_8, headers)
    if len(response.content) > MAX_ANSWER_BYTES:
        too_large = GraphError(
            Code.ANSWER_TOO_LARGE, f"The answer has more than {MAX_ANSWER_BYTES} bytes: ask for less."
        )
        return _respond(request, media_type, {}, [too_large.formatted], refused=True)
    return response
