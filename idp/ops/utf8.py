"""Requests in UTF-8, as all that we read is: JSON (RFC 8259 §8.1), forms (WHATWG URL §5.1), queries.

Django reads even the query in the `charset` of the Content-Type, and fails to make a request where that is none.
"""

from django.core.handlers import asgi, wsgi
from django.http import HttpRequest
from django.utils.http import parse_header_parameters


class _InUTF8(HttpRequest):
    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # an encoding in the header itself (RFC 2231) that is none
            self.content_type, self.content_params = "", {}


class WSGIRequest(_InUTF8, wsgi.WSGIRequest):
    """A request from a WSGI server."""


class ASGIRequest(_InUTF8, asgi.ASGIRequest):
    """A request from an ASGI server."""


class ASGIHandler(asgi.ASGIHandler):
    """Django's own, which makes such requests."""

    request_class = ASGIRequest
