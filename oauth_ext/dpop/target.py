"""Whether a proof was made for this place: `htu` beside the issuer's own origin and the path that was requested."""

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class _Place(NamedTuple):
    """A URI without query and fragment, in the spelling that equals every other one of it (RFC 3986 §6.2)."""

    scheme: str
    host: str
    port: int | None
    path: str


def is_here(htu: str, path: str) -> bool:
    """Whether `htu` names the path at this issuer (RFC 9449 §4.3, check 9). The Host header says nothing here."""
    here = settings.ISSUER_URL + path
    return htu == here or ((place := _place(htu)) is not None and place == _place(here))


def _place(uri: str) -> _Place | None:
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.hostname is None or "@" in parts.netloc:
        return None
    path = ESCAPED.sub(_unescaped, parts.path) or "/"
    return _Place(parts.scheme, parts.hostname, port or DEFAULT_PORTS.get(parts.scheme), path)


def _unescaped(match: re.Match[str]) -> str:
    """Return an escaped character as itself where it never needed escaping, else its escape in capitals."""
    character = chr(int(match[1], 16))
    return character if character in UNRESERVED else match[0].upper()
