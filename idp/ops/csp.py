"""The Content-Security-Policy (CSP 3) of every page, and what one response adds to it; and of all that is no page."""

import re
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.http.response import HttpResponseBase

POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
NAMED_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")


def allow_form_action(response: HttpResponseBase, url: str) -> None:
    """Let a form on this page end at the URL: browsers hold `form-action` against the redirects after a POST, too."""
    update: dict[str, list[str]] = {**getattr(response, "_csp_update", {})}
    update["form-action"] = [*update.get("form-action", []), source_of(url)]
    setattr(response, "_csp_update", update)  # noqa: B010 - django-csp's own way, without a wrapper around the view


def source_of(url: str) -> str:
    """Return what CSP calls the URL's origin: scheme and host, or the scheme where the host can't be said (`[::1]`)."""
    parts = urlsplit(url)
    host = parts.netloc.lower()
    named = parts.scheme in {"http", "https"} and NAMED_HOST.fullmatch(host)
    return f"{parts.scheme}://{host}" if named else f"{parts.scheme}:"
