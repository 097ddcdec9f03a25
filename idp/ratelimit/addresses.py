"""Whose address a limit counts against."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
V6_NETWORK = 64
# As coarse as it is kept, and people are shown it: a provider's corner of the world, not somebody's home.
COARSE_V4, COARSE_V6 = 24, 48
_READ = "_gatehouse_client_address"


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, of IPv6 the /64 network, which one customer has whole.

    X-Forwarded-For is believed as far as TRUSTED_PROXIES go: each appends who called it, so ours wrote the last ones.
    """
    if not hasattr(request, _READ):
        setattr(request, _READ, _as_counted(_address(request)))
    return str(getattr(request, _READ))


def client_network(request: HttpRequest) -> str:
    """Return the network that the caller is in, as people may be shown it; empty where it isn't known."""
    return network_of(client_address(request))


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """Return the network of a `client_address`, /24 of IPv4 or /48 of IPv6; empty where none is known."""
    if address in {"", UNKNOWN}:
        return ""
    found = ip_interface(address)
    return str(ip_network((found.ip, COARSE_V6 if found.version == 6 else COARSE_V4), strict=False))


def _as_counted(address: IPv4Address | IPv6Address | None) -> str:
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, V6_NETWORK), strict=False))
    return str(address)


def _address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    address = _parse(_forwarded(request)) or _parse(str(request.META.get("REMOTE_ADDR", "")))
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


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
