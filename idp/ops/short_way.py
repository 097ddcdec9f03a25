"""The short way of a program's request: past all middleware that serves browsers, to the view.

What the long way would have put on the answer is put there at once: those headers are the same for every answer to a
program, and Django's own middleware is asked for them when the process starts. Whatever is out of the ordinary (another
origin's script, a host that isn't ours, plain http where it must be https) goes the long way.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_vary_headers
from typing_extensions import override

from idp.ops.csp_middleware import CSPMiddleware
from idp.ops.machines import is_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ViewMiddleware:
    """Named last, built first, and not used: it sees the view, and remembers it for `ShortWayMiddleware`."""

    view: ClassVar[GetResponse]

    def __init__(self, get_response: GetResponse) -> None:
        """Raise `MiddlewareNotUsed`."""
        type(self).view = staticmethod(get_response)
        raise MiddlewareNotUsed


class ShortWayMiddleware:
    """Takes programs past the middleware that follows."""

    def __init__(self, get_response: GetResponse) -> None:
        """Take the way to the view that was remembered, and the headers; the answers differ by the scheme alone."""
        self.get_response = get_response
        self.view = ViewMiddleware.view
        self.headers = {secure: _headers(secure=secure) for secure in (False, True)}
        self.is_for_scripts = re.compile(settings.CORS_URLS_REGEX).match

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer by the shorter of the two ways."""
        if not _is_ordinary(request):
            return self.get_response(request)
        response = self.view(request)
        for name, value in self.headers[request.is_secure()].items():
            response.headers.setdefault(name, value)
        if self.is_for_scripts(request.path_info):
            patch_vary_headers(response, ("origin",))
        if isinstance(response, HttpResponse) and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _is_ordinary(request: HttpRequest) -> bool:
    if is_page(request) or "HTTP_ORIGIN" in request.META or request.method == "OPTIONS":
        return False
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


class _Empty(HttpRequest):
    """A request by one of the two schemes, of which nothing else is known."""

    def __init__(self, *, secure: bool) -> None:
        super().__init__()
        self.secure = secure

    @override
    def is_secure(self) -> bool:
        return self.secure


def _headers(*, secure: bool) -> dict[str, str]:
    """Return what the middleware of the long way puts on every answer that is no page."""
    request, response = _Empty(secure=secure), HttpResponse(content_type="application/json")
    ordinary = set(response.headers)
    for middleware in (SecurityMiddleware, XFrameOptionsMiddleware, CSPMiddleware):
        middleware(lambda _: HttpResponse()).process_response(request, response)
    return {name: value for name, value in response.headers.items() if name not in ordinary}
