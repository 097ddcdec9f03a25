"""The endpoints that programs call: no cookie is looked at there, so whatever serves browsers steps aside."""

import re
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from typing_extensions import override

MACHINE_PATHS = re.compile(
    r"/(graphql|api|healthz|readyz|theme|\.well-known"
    r"|o/(par|token|revoke_token|introspect|userinfo|device-authorization|register))(/|$)"
)

# A page under a path of programs
DOCS = re.compile(r"/api/docs/?")

if TYPE_CHECKING:
    from django.utils.deprecation import MiddlewareMixin
else:
    MiddlewareMixin = object


def is_machine(request: HttpRequest) -> bool:
    """Whether the request goes to an endpoint for programs."""
    return MACHINE_PATHS.match(request.path_info) is not None


def is_page(path: str) -> bool:
    """Whether a browser may be shown what is answered there."""
    return MACHINE_PATHS.match(path) is None or DOCS.fullmatch(path) is not None


class PagesOnly(MiddlewareMixin):
    """Put before a middleware of Django's: it then runs for pages, and machine endpoints pass it by."""

    @override
    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request, by the shortest way if a program asks."""
        return self.get_response(request) if is_machine(request) else super().__call__(request)
