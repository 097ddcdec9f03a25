"""The one view behind all REST paths: read the variables, run the operation, unwrap, look the code up."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLFormattedError

from graph.errors import OVER_HTTP, Code, GraphError, ScopeMissing, code_of, over_http
from graph.execution import Answer, run
from graph.http import json_response, read_body, read_json_object, require_method
from graph.rest.routes import Route
from graph.viewer import Context
from oauth_ext import parameters
from oauth_ext.errors import InvalidRequest

JSON = "application/json"


def view(route: Route) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a route."""

    @csrf_exempt  # no cookie is looked at, so there is nothing to forge
    def serve(request: HttpRequest) -> HttpResponse:
        try:
            require_method(request, *route.methods)
            variables = _variables(route, request) if request.method == "POST" else {}
        except GraphError as error:
            return _refusal(error.formatted)
        return _respond(route, run(route.document, Context(request), variables))

    return serve


def _variables(route: Route, request: HttpRequest) -> dict[str, object]:
    """Read a route's variables; one without a value counts as left out, as in OAuth (RFC 6749 §3.1)."""
    if not route.variables or request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        return {}
    reader = READERS.get(request.content_type or "")
    if reader is None:
        raise GraphError(Code.UNSUPPORTED_MEDIA_TYPE, "The body is neither a form nor JSON.")
    return {name: value for name in route.variables if (value := reader(request, name))}


def _from_json(request: HttpRequest, name: str) -> str | None:
    value = read_json_object(request).get(name)
    if not isinstance(value, str | None):
        raise GraphError(Code.BAD_USER_INPUT, f"{name} is not a string.", field=name)
    return value


def _from_form(request: HttpRequest, name: str) -> str | None:
    try:
        form = parameters.decode(read_body(request))
    except InvalidRequest as error:
        raise GraphError(Code.BAD_REQUEST, error.description, field="body") from error
    if name in form.repeated():
        raise GraphError(Code.BAD_USER_INPUT, f"{name} is repeated.", field=name)
    return form.get(name)


def _from_multipart(request: HttpRequest, name: str) -> str | None:
    read_body(request)
    try:
        values = request.POST.getlist(name)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError) as error:
        raise GraphError(Code.BAD_REQUEST, "The form is not well-formed.", field="body") from error
    if len(values) > 1:
        raise GraphError(Code.BAD_USER_INPUT, f"{name} is repeated.", field=name)
    return str(values[0]) if values else None


READERS = {
    JSON: _from_json,
    parameters.FORM: _from_form,
    "multipart/form-data": _from_multipart,
}


def _respond(route: Route, answer: Answer) -> HttpResponse:
    """Answer with the first error that is not about a member; members that are null, withheld or not, are left out."""
    for error in answer.errors:
        if not _leaves_a_member_out(error):
            return _refusal(error)
    data = answer.data or {}
    if None in data.values():
        return _refusal(OVER_HTTP_NULL[route.null_is].formatted)
    body = data[route.unwrap] if route.unwrap else data
    assert isinstance(body, dict)  # noqa: S101 - objects unwrap to objects: the route's operation is validated
    return json_response({name: value for name, value in body.items() if value is not None}, 200, JSON, {})


OVER_HTTP_NULL = {Code.INSUFFICIENT_SCOPE: ScopeMissing()}


def _leaves_a_member_out(error: GraphQLFormattedError) -> bool:
    return code_of(error) is Code.INSUFFICIENT_SCOPE and len(error.get("path", ())) > 1


def _refusal(error: GraphQLFormattedError) -> HttpResponse:
    """Return an error in the words of RFC 6750, with the field it is about where there is one."""
    status, headers = over_http(error)
    body = {"error": OVER_HTTP[code_of(error)].error, "error_description": error["message"]}
    if "field" in error["extensions"]:
        body["field"] = str(error["extensions"]["field"])
    return json_response(body, status, JSON, headers)
