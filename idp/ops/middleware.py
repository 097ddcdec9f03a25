"""What wraps every request: its id, its line in the log, and errors that programs can read."""

import random
import re
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from idp.ops import logs
from idp.ops.machines import is_machine

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
QUIET_ROUTES = frozenset({"healthz", "readyz"})
ERRORS = {
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.FORBIDDEN: "access_denied",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
}

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ProxyMiddleware:
    """Believes in X-Forwarded-Proto what our proxies wrote, and nothing else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Correct the header before anybody reads it."""
        believe_proxies(request)
        return self.get_response(request)


def believe_proxies(request: HttpRequest) -> None:
    """Keep of X-Forwarded-Proto what our outermost proxy wrote: each may append, or set the one value there is.

    To do it twice changes nothing more.
    """
    written = [value.strip() for value in str(request.META.pop("HTTP_X_FORWARDED_PROTO", "")).split(",")]
    if settings.TRUSTED_PROXIES and written != [""]:
        request.META["HTTP_X_FORWARDED_PROTO"] = written[-min(settings.TRUSTED_PROXIES, len(written))]


class RequestLogMiddleware:
    """Gives each request an id, which every line of its log and its answer carry, and writes one line at its end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Log the route, never path or query: they hold keys, codes and names."""
        given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
        trusted = settings.TRUSTED_PROXIES and REQUEST_ID.fullmatch(given)
        request_id = given if trusted else f"{random.getrandbits(128):032x}"  # a name, no secret
        started = time.perf_counter()
        token = logs.request_id.set(request_id)
        try:
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else None
            if route not in QUIET_ROUTES:
                ms = round((time.perf_counter() - started) * 1000, 1)
                logs.write_request({"method": request.method, "route": route, "status": response.status_code, "ms": ms})
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-ID"] = request_id
        return response


class JsonErrorsMiddleware:
    """Turns an error page into JSON where a program asked, in DEBUG too: the traceback is in the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Replace the body and keep the headers that say more, such as Allow."""
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or not _is_html(response) or not _wants_json(request):
            return response
        status = HTTPStatus(response.status_code)
        name = ERRORS.get(status, status.name.lower())
        kept = {name: value for name, value in response.items() if name not in {"Content-Type", "Content-Length"}}
        error = JsonResponse({"error": name, "error_description": status.phrase}, status=status, headers=kept)
        error.headers["Content-Length"] = str(len(error.content))
        return error


def _is_html(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return is_machine(request) or ("application/json" in accept and "text/html" not in accept)
