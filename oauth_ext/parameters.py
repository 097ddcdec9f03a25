"""The parameters of a request: read once, by the rules that all OAuth endpoints share (RFC 6749 §3.1, §3.2)."""

from collections.abc import Iterable
from urllib.parse import parse_qsl

import orjson
from django.http import HttpRequest

from oauth_ext.errors import InvalidRequest

MAX_BODY_BYTES = 64 * 1024
MAX_VALUE_CHARACTERS = 8 * 1024
MAX_FIELDS = 100
REPEATABLE = frozenset({"resource", "audience"})
# What belongs in a body and would end in logs and histories if it came in a URL (RFC 9700 §4.3.2).
NEVER_IN_A_URL = frozenset(
    {
        "access_token",
        "actor_token",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "grant_type",
        "refresh_token",
        "subject_token",
        "token",
    }
)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Parameters:
    """The parameters of one request; a parameter without a value counts as left out (RFC 6749 §3.1)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take decoded pairs; raises `InvalidRequest` for a NUL or a value over 8 KiB."""
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            if "\x00" in name or "\x00" in value:
                raise InvalidRequest("A parameter holds a NUL character.")
            if len(value) > MAX_VALUE_CHARACTERS:
                raise InvalidRequest("A parameter is too long.")
            self.values.setdefault(name, []).append(value)

    def repeated(self) -> list[str]:
        """Return the names that stand more than once and may not."""
        return [name for name, values in self.values.items() if len(values) > 1 and name not in REPEATABLE]

    def refuse_repeated(self) -> None:
        """Raise `InvalidRequest` where a parameter stands twice (RFC 6749 §3.1, §3.2)."""
        if self.repeated():
            raise InvalidRequest("A parameter is repeated.")

    def get(self, name: str) -> str | None:
        """Return the value, or None where it is missing or empty; of a repeated one the first."""
        values = self.values.get(name)
        return (values[0] or None) if values else None

    def require(self, name: str) -> str:
        """Return the value; raises `InvalidRequest` naming the parameter where it is missing."""
        value = self.get(name)
        if value is None:
            raise InvalidRequest(f"The parameter {name} is missing.")
        return value

    def list(self, name: str) -> list[str]:
        """Return all values of a parameter that may be repeated, without empty ones and in order."""
        return [value for value in dict.fromkeys(self.values.get(name, ())) if value]

    def __contains__(self, name: str) -> bool:
        """Whether the parameter has a value."""
        return self.get(name) is not None


def decode(raw: bytes | str) -> Parameters:
    """Decode a form or a query string strictly as UTF-8; raises `InvalidRequest`."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return Parameters(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError as error:  # UnicodeError is one
        raise InvalidRequest("The parameters are not well-formed.") from error


def read_query(request: HttpRequest) -> Parameters:
    """Read the query string; repeated parameters are for the caller to judge."""
    return decode(request.META.get("QUERY_STRING", ""))


def read_form(request: HttpRequest) -> Parameters:
    """Read a form body; raises `InvalidRequest` for another content type, a body over 64 KiB or secrets in the URL."""
    if request.META.get("QUERY_STRING") and NEVER_IN_A_URL & read_query(request).values.keys():
        raise InvalidRequest("Parameters belong in the body of the request.")
    return decode(_body(request, FORM))


def read_json(request: HttpRequest) -> dict[str, object]:
    """Read a JSON object; raises `InvalidRequest` for anything else, another content type or a body over 64 KiB."""
    try:
        value = orjson.loads(_body(request, JSON))
    except ValueError as error:  # JSONDecodeError is one
        raise InvalidRequest("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise InvalidRequest("The body is not a JSON object.")
    return value


def _body(request: HttpRequest, content_type: str) -> bytes:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise InvalidRequest("The content length is not a number.") from error
    if length > MAX_BODY_BYTES:
        raise InvalidRequest("The body is too large.")
    if length and request.content_type != content_type:
        raise InvalidRequest(f"The content type must be {content_type}.")
    return request.body
