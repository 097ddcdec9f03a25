"""The short way of a program's request: from the WSGI server to its view, past what Django does for browsers.

What the long way would have put on the answer is put there at once: those headers are the same for every answer to a
program, and Django's own middleware is asked for them when the process starts. Whatever is out of the ordinary (another
origin's script, a host that isn't ours, plain http where it must be https, a path with a name in it) goes the long way.
"""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.cache import patch_vary_headers
from django.utils.log import log_response
from django.utils.module_loading import import_string
from typing_extensions import override

from idp.ops.csp_middleware import CSPMiddleware
from idp.ops.machines import is_page
from idp.ops.middleware import GetResponse, believe_proxies
from idp.ops.utf8 import WSGIRequest

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class _Program(NamedTuple):
    """What answers at a path, and whether scripts of other origins may ask there."""

    found: ResolverMatch
    is_for_scripts: bool


class ShortWay:
    """Answers programs."""

    def __init__(self) -> None:
        """Find the views, and the headers; the answers differ by the scheme alone."""
        resolve, is_for_scripts = get_resolver().resolve, re.compile(settings.CORS_URLS_REGEX).match
        self._programs = {path: _Program(resolve(path), bool(is_for_scripts(path))) for path in _machine_paths()}
        self._headers = {secure: _headers(secure=secure) for secure in (False, True)}
        issuer = HttpRequest()
        issuer.META["HTTP_HOST"] = urlsplit(settings.ISSUER_URL).netloc
        self._known_hosts = {issuer.META["HTTP_HOST"]} if _is_for_us(issuer) else set()
        self._answered_by_view = cast("GetResponse", convert_exception_to_response(self._view))
        self._answer: GetResponse = self._with_headers
        for name in reversed(settings.MIDDLEWARE_OF_BOTH_WAYS):
            self._answer = import_string(name)(self._answer)

    def leads_to(self, path: str) -> bool:
        """Whether a program may be answered there."""
        return path in self._programs

    def answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return the answer to a program's request, or None where it must go the long way."""
        if not self.leads_to(request.path_info):
            return None
        believe_proxies(request)
        # Django takes a host apart, and goes through all that are ours: the one that everybody asks for needn't be
        if not (_is_ordinary(request) and (request.META.get("HTTP_HOST") in self._known_hosts or _is_for_us(request))):
            return None
        response = self._answer(request)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)  # type: ignore[arg-type]  # any kind has a status
        return response

    def _view(self, request: HttpRequest) -> HttpResponseBase:
        request.resolver_match = found = self._programs[request.path_info].found
        return cast("HttpResponseBase", found.func(request, *found.args, **found.kwargs))

    def _with_headers(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answered_by_view(request)
        # Django's own way to set one encodes name and value first, and these have been there once
        headers = response.headers._store
        for name, header in self._headers[request.is_secure()].items():
            headers.setdefault(name, header)
        if self._programs[request.path_info].is_for_scripts:
            _vary_by_origin(response)
        if "content-length" not in headers and isinstance(response, HttpResponse):
            headers["content-length"] = ("Content-Length", str(len(response.content)))
        return response


class Handler(WSGIHandler):
    """Django's own, that sends programs the short way."""

    request_class = WSGIRequest

    def __init__(self) -> None:
        """Build both ways."""
        super().__init__()
        self._short_way = ShortWay()

    @override
    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:  # type: ignore[override]  # it need be no response
        """Answer a request, by the shorter of the two ways."""
        if self._short_way.leads_to(environ.get("PATH_INFO", "")) and not environ.get("SCRIPT_NAME"):
            close_old_connections()
            response = self._short_way.answer(self.request_class(environ))
            if response is not None:
                cookies = [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]
                start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
                # `close()` would send `request_finished`, whose receivers have nothing to do that isn't done above
                return [response.content] if isinstance(response, HttpResponse) else response
        return super().__call__(environ, start_response)


def _machine_paths() -> Iterator[str]:
    """Every path with a fixed name that is a program's."""
    return (f"/{path}" for path in _fixed_paths(get_resolver()) if not is_page(f"/{path}"))


def _fixed_paths(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        match pattern:
            case URLResolver(pattern=RoutePattern() as below) if not below.converters:
                yield from (f"{below}{path}" for path in _fixed_paths(pattern))
            case URLPattern(pattern=RoutePattern() as route) if not route.converters:
                yield str(route)


def _is_ordinary(request: HttpRequest) -> bool:
    if "HTTP_ORIGIN" in request.META or request.method == "OPTIONS":
        return False
    return not settings.SECURE_SSL_REDIRECT or request.is_secure()


def _is_for_us(request: HttpRequest) -> bool:
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


def _headers(*, secure: bool) -> dict[str, tuple[str, str]]:
    """Return what the middleware of the long way puts on every answer that is no page, as Django's headers hold it."""
    request, response = _Empty(secure=secure), HttpResponse(content_type="application/json")
    ordinary = set(response.headers)
    for middleware in (SecurityMiddleware, XFrameOptionsMiddleware, CSPMiddleware):
        middleware(lambda _: HttpResponse()).process_response(request, response)
    return {name.lower(): (name, value) for name, value in response.headers.items() if name not in ordinary}


def _vary_by_origin(response: HttpResponseBase) -> None:
    if "vary" in response.headers:
        patch_vary_headers(response, ("origin",))
    else:
        response.headers["Vary"] = "origin"
