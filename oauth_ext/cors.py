"""Who may call us from another origin, beside `CORS_ALLOWED_ORIGINS`: the pages that a client is at home on.

django-cors-headers asks here; it never lets credentials through, so all that an origin gains is to read answers to
requests for which it had a token already.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from oauth_ext.clients.models import Application

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_of_client(sender: object, request: HttpRequest, **_: object) -> bool:
    """Whether the request comes to an endpoint for scripts, from an origin that an active client is redirected to.

    The receiver of `check_request_enabled`, which asks for every path.
    """
    origin = request.headers.get("Origin", "")
    return re.match(settings.CORS_URLS_REGEX, request.path_info) is not None and is_registered(origin)


def is_registered(origin: str) -> bool:
    """Whether an active client has a redirect URI of this origin (RFC 6454 §4). At most one statement."""
    if not origin.isascii() or not origin.startswith(("https://", "http://")) or len(origin) > 255:
        return False
    # The text of the list narrows it down, the parsed URI decides.
    clients = Application.objects.filter(is_active=True, redirect_uris__icontains=origin)
    return any(origin == origin_of(uri) for uris in clients.values_list("redirect_uris", flat=True) for uri in uris)


def origin_of(uri: str) -> str:
    """Return the origin of a URI as browsers write it: lower case, without the scheme's own port."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in {None, DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
