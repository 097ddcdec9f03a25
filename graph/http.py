"""What the GraphQL endpoint and the REST paths share of HTTP: bodies and answers."""

import re
from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse

from graph.errors import Code, GraphError
from graph.limits import MAX_BODY_BYTES

JSON = "application/json"
LENGTH = re.compile(r"[0-9]{1,18}")  # far more digits, and Python refuses to read the number
NO_STORE = {"Cache-Control": "no-store"}


def require_method(request: HttpRequest, *methods: str) -> None:
    """Raise `METHOD_NOT_ALLOWED`, naming those that are."""
    if request.method not in methods:
        raise GraphError(Code.METHOD_NOT_ALLOWED, "The method is not allowed here.", allow=", ".join(methods))


def read_body(request: HttpRequest) -> bytes:
    """Return the body; raises `PAYLOAD_TOO_LARGE` before reading more than `MAX_BODY_BYTES`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not LENGTH.fullmatch(length):
        raise GraphError(Code.BAD_REQUEST, "The content length is not a number.")
    if int(length) > MAX_BODY_BYTES:
        raise GraphError(Code.PAYLOAD_TOO_LARGE, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    return request.body


def read_json_object(request: HttpRequest) -> dict[str, object]:
    """Return the JSON object in the body; raises `BAD_REQUEST` for anything else (RFC 8259: UTF-8, no surrogates)."""
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise GraphError(Code.UNSUPPORTED_MEDIA_TYPE, "The charset must be utf-8.")
    try:
        body = orjson.loads(read_body(request))
    except orjson.JSONDecodeError as error:
        raise GraphError(Code.BAD_REQUEST, "The body is not JSON.", field="body") from error
    if not isinstance(body, dict):
        raise GraphError(Code.BAD_REQUEST, "The body is not a JSON object.", field="body")
    return body


def json_response(
    body: Mapping[str, object], status: int, content_type: str, headers: Mapping[str, str]
) -> HttpResponse:
    """Return an answer that no cache keeps."""
    return HttpResponse(orjson.dumps(body), status=status, content_type=content_type, headers={**NO_STORE, **headers})
