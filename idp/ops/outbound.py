"""Requests to addresses that somebody else chose: a client's keys, its metadata document, its logout endpoint.

No address of a private network is reached (unless the operator names it), whatever a name resolves to at that moment:
what was judged is what is connected to. No redirect is followed, no proxy or cookie used; the whole exchange has one
deadline, and the answer a size.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

import httpcore2
import httpx2
from django.conf import settings
from typing_extensions import override

from idp.setting import is_loopback

TIMEOUT_SECONDS = 5.0
MAX_BYTES = 64 * 1024
RESOLVERS = 8
NO_HEADERS: Mapping[str, str] = MappingProxyType({})

Address = IPv4Address | IPv6Address
# What of IPv6 is given out to the Internet; the rest is somebody's own, or an IPv4 address in other clothes.
_GIVEN_OUT = IPv6Network("2000::/3")
# Protocol assignments (RFC 6890 §2.2.2), which some Pythons call global.
_ASSIGNMENTS = IPv4Network("192.0.0.0/24")
_resolving = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")


class Unreachable(Exception):
    """The address may not be asked, or did not answer well in time; the words are for the log, not for strangers."""


@dataclass(frozen=True)
class Answered:
    """Status, headers (names in lower case) and body, which is no longer than was allowed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(
    url: str,
    *,
    accept: str = "application/json",
    max_bytes: int = MAX_BYTES,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Answered:
    """Return what a GET is answered with, redirects included as they are. Raises `Unreachable`."""
    return _ask("GET", url, {"Accept": accept, **headers}, b"", max_bytes)


def post_form(
    url: str, body: bytes, *, max_bytes: int = MAX_BYTES, headers: Mapping[str, str] = NO_HEADERS
) -> Answered:
    """Return what a form is answered with. Raises `Unreachable`."""
    return _ask("POST", url, {"Content-Type": "application/x-www-form-urlencoded", **headers}, body, max_bytes)


def problem(url: str) -> str | None:
    """Return why a URL can't be registered to be asked later, in one sentence, or None.

    https, or plain http to a loopback host. A host given as an address is judged now, a name when it is asked.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "It is not a URI."
    if not host or parts.username is not None or "#" in url or not url.isascii() or not url.isprintable() or " " in url:
        return "It has no host, a user before the host, a fragment, or characters that a URI can't hold."
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return "It must be https."
    address = _parse(host)
    return None if address is None or _allowed(address) else "Its address is in a private network."


def _ask(method: str, url: str, headers: Mapping[str, str], body: bytes, max_bytes: int) -> Answered:
    if found := problem(url):
        raise Unreachable(found)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    sent = {"User-Agent": "gatehouse", "Accept-Encoding": "identity", **headers}
    try:
        with (
            httpx2.Client(transport=_Transport(deadline), timeout=TIMEOUT_SECONDS, trust_env=False) as client,
            client.stream(method, url, headers=sent, content=body or None) as response,
        ):
            return Answered(response.status_code, dict(response.headers), _read(response, max_bytes))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from error


def _read(response: httpx2.Response, max_bytes: int) -> bytes:
    read = b""
    for part in response.iter_raw():
        read += part
        if len(read) > max_bytes:
            raise Unreachable("the answer is too long")
    return read


class _Transport(httpx2.HTTPTransport):
    """httpx's transport over connections of ours."""

    def __init__(self, deadline: float) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.create_default_context(), max_connections=1, network_backend=_Network(deadline)
        )


class _Network(httpcore2.NetworkBackend):
    """Connects to an address that was judged, not to a name that may mean another one a moment later."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve, judge all that the name means, connect to the first."""
        addresses = _resolve(host, port, _left(self._deadline))
        if not addresses or not all(_allowed(address) for address in addresses):
            raise httpcore2.ConnectError("the address is in a private network")
        left = _left(self._deadline)
        return _Stream(self._sockets.connect_tcp(str(addresses[0]), port, left), self._deadline)


class _Stream(httpcore2.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    @override
    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Return the addresses of a host, in the resolver's order; a resolver that is slow is not waited for."""
    asked: Future[list[Address]] = _resolving.submit(_look_up, host, port)
    try:
        return asked.result(seconds)
    except TookTooLong as error:
        raise httpcore2.ConnectTimeout("the name was not resolved in time") from error
    except OSError as error:
        raise httpcore2.ConnectError("the name is not known") from error


def _look_up(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(address[0]).partition("%")[0]) for *_, address in found]


def _allowed(address: Address) -> bool:
    """Whether we may connect there: an address of the open Internet, or of a network that the operator named."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in settings.OUTBOUND_PRIVATE_NETWORKS):
        return True
    if isinstance(address, IPv6Address):
        wrapped = address.sixtofour is not None or address.teredo is not None
        return address.is_global and address in _GIVEN_OUT and not wrapped
    return address.is_global and not address.is_multicast and address not in _ASSIGNMENTS


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the answer took too long")
    return left


def _parse(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
