"""The header `Content-Security-Policy` (CSP 3): a page's own, and one for all that is no page."""

from csp import middleware as csp
from csp.constants import HEADER
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from typing_extensions import override

from idp.ops.machines import is_page

# JSON, an image, a stylesheet: should a browser be made to show one as a page, it can do nothing.
OF_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


class CSPMiddleware(csp.CSPMiddleware):
    """Works a policy out for pages alone: they differ, and each takes as long as a statement."""

    @override
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the header."""
        if is_page(request.path_info) and response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        response.headers[HEADER] = OF_NO_PAGE
        return response
