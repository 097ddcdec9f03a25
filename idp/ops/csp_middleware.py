"""The header `Content-Security-Policy` (CSP 3): a page's own, and one for all that is no page."""

from csp import middleware as csp
from csp.constants import HEADER
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from typing_extensions import override

from idp.ops.machines import is_page

# JSON, an image, a stylesheet: should a browser be made to show one as a page, it can do nothing.
OF_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
REDIRECTS = range(300, 400)


class CSPMiddleware(csp.CSPMiddleware):
    """Works a policy out for pages alone: they differ, and each takes as long as a statement.

    Of a redirect nothing is shown; the page that follows has its own.
    """

    @override
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the header."""
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if is_html and response.status_code not in REDIRECTS and is_page(request.path_info):
            return super().process_response(request, response)
        response.headers[HEADER] = OF_NO_PAGE
        return response
