"""What a client may be registered with (RFC 7591 §2, RFC 8252 §7, RFC 9700 §2.1)."""

import re
from urllib.parse import SplitResult, urlsplit

from oauth_ext.clients.models import LOOPBACK_HOSTS

# A domain name in reverse, with at least one dot: nobody else's scheme (RFC 8252 §7.1).
PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
URI_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
MAX_URI = 2048


def redirect_uri_problem(uri: str, *, public: bool) -> str | None:
    """Return why a redirect URI can't be registered, in one sentence, or None where it can.

    https; http on a loopback host; a reversed-domain scheme for public clients. No fragment, user or wildcard.
    """
    if len(uri) > MAX_URI or not URI_CHARACTERS.fullmatch(uri):
        return "It holds characters that a URI can't, or is too long."
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018  # raises for what is no port
    except ValueError:
        return "It is not a URI."
    if "#" in uri:
        return "It has a fragment."
    if "*" in uri:
        return "Wildcards are not supported: register each URI."
    if parts.scheme in {"http", "https"}:
        return _web_problem(parts)
    return _private_use_problem(parts, public=public)


def _web_problem(parts: SplitResult) -> str | None:
    if not parts.hostname or parts.username is not None:
        return "It has no host, or a user before the host."
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        return "Plain http is for loopback hosts only (127.0.0.1, [::1], localhost)."
    return None


def _private_use_problem(parts: SplitResult, *, public: bool) -> str | None:
    if not PRIVATE_USE_SCHEME.fullmatch(parts.scheme):
        return "The scheme must be https, http on loopback, or a reversed domain (com.example.app:/callback)."
    if not public:
        return "A private-use scheme is for public clients only."
    if parts.netloc:
        return "After a private-use scheme comes one slash (com.example.app:/callback)."
    return None


def remembers_consent(uri: str, *, public: bool) -> bool:
    """Whether only one app can receive an answer here: a confidential client's, or an https URI.

    Loopback ports and private-use schemes are anybody's on the device, so consent is asked for each time.
    """
    return not public or uri.startswith("https://")
