"""The variables that a POST brings: by JSON or by form, one without a value counts as left out (RFC 6749 §3.1)."""

from collections.abc import Sequence

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from graph.errors import Code, GraphError
from graph.http import read_body, read_json_object
from oauth_ext import parameters
from oauth_ext.errors import InvalidRequest


def read_variables(request: HttpRequest, names: Sequence[str]) -> dict[str, object]:
    """Return those of the variables that have a value; raises the `GraphError` that names what is malformed."""
    if not names or request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        return {}
    match request.content_type:
        case "application/json":
            values = _from_json(request, names)
        case "application/x-www-form-urlencoded":
            values = _from_form(request, names)
        case "multipart/form-data":
            values = _from_multipart(request, names)
        case _:
            raise GraphError(Code.UNSUPPORTED_MEDIA_TYPE, "The body is neither a form nor JSON.")
    return {name: value for name, value in values.items() if value}


def _from_json(request: HttpRequest, names: Sequence[str]) -> dict[str, object]:
    body = read_json_object(request)
    for name in names:
        if not isinstance(body.get(name), str | None):
            raise GraphError(Code.BAD_USER_INPUT, f"{name} is not a string.", field=name)
    return {name: body.get(name) for name in names}


def _from_form(request: HttpRequest, names: Sequence[str]) -> dict[str, object]:
    try:
        form = parameters.decode(read_body(request))
    except InvalidRequest as error:
        raise GraphError(Code.BAD_REQUEST, error.description, field="body") from error
    return {name: _only(name, form.values.get(name, [])) for name in names}


def _from_multipart(request: HttpRequest, names: Sequence[str]) -> dict[str, object]:
    read_body(request)
    try:
        form = request.POST
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise GraphError(Code.BAD_REQUEST, "The form is not well-formed.", field="body") from error
    return {name: _only(name, form.getlist(name)) for name in names}


def _only(name: str, values: Sequence[object]) -> object:
    if len(values) > 1:
        raise GraphError(Code.BAD_USER_INPUT, f"{name} is repeated.", field=name)
    return values[0] if values else None
