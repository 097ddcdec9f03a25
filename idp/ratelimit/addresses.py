"""Whose address a limit counts against."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
V6_NETWORK = 64


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, of IPv6 the /64 network, which one customer has whole.

    X-Forwarded-For is believed as far as TRUSTED_PROXIES go: each appends who called it, so ours wrote the last ones.
    """
    address = _parse(_forwarded(request)) or _parse(str(request.META.get("REMOTE_ADDR", "")))
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((address, V6_NETWORK), strict=False))
        address = address.ipv4_mapped
    return str(address)


def _forwarded(request: HttpRequest) -> str:
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    proxies = settings.TRUSTED_PROXIES
    return hops[-proxies] if 0 < proxies <= len(hops) else ""


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None
