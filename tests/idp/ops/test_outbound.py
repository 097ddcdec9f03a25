"""Addresses that strangers chose: nothing private is reached, nothing is followed, nothing lasts or grows."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from idp.ops import outbound
from idp.ops.outbound import Unreachable

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata of clouds
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fd00::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "192.0.0.8",
    "fec0::1",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
]


class Server:
    """Answers each connection on loopback with bytes, a part at a time."""

    def __init__(self, *parts: bytes, pause: float = 0) -> None:
        self.parts, self.pause = parts, pause
        self.seen: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.seen.append(self.request(connection))
                try:
                    for part in self.parts:
                        connection.sendall(part)
                        time.sleep(self.pause)
                except OSError:
                    pass

    @staticmethod
    def request(connection: socket.socket) -> bytes:
        """Head and, as a client may send it by itself, body."""
        read = connection.recv(65536)
        if length := re.search(rb"content-length: (\d+)", read.lower()):
            while len(read.partition(b"\r\n\r\n")[2]) < int(length[1]):
                read += connection.recv(65536)
        return read


@pytest.fixture
def serve(settings) -> Iterator[object]:
    settings.OUTBOUND_PRIVATE_NETWORKS = LOOPBACK
    servers = []

    def start(*parts: bytes, pause: float = 0) -> Server:
        servers.append(Server(*parts, pause=pause))
        return servers[-1]

    yield start
    for server in servers:
        server.socket.close()


def test_an_answer_is_read(serve):
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    answer = outbound.get(server.url)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/json", b"{}")
    outbound.post_form(server.url, b"a=b")
    assert server.seen[1].startswith(b"POST / ")
    assert server.seen[1].endswith(b"a=b")
    assert b"cookie" not in b"".join(server.seen).lower()


def test_T58_a_redirect_is_not_followed(serve):
    target = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    there = f"HTTP/1.1 302 Found\r\nLocation: {target.url}\r\nContent-Length: 0\r\n\r\n".encode()
    assert outbound.get(serve(there).url).status == 302
    assert target.seen == []


@pytest.mark.parametrize("address", PRIVATE)
def test_T58_no_private_address_is_connected_to(address, settings, monkeypatch):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    host = f"[{address}]" if ":" in address else address
    assert outbound.problem(f"https://{host}/") is not None
    with pytest.raises(Unreachable):
        outbound.get(f"https://{host}/")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_internet_is_asked(address, settings, monkeypatch):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda address, *_a, **_k: connected.append(address[0]) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        outbound.get(f"https://{f'[{address}]' if ':' in address else address}/")
    assert connected == [address]


def test_T58_a_name_is_judged_by_all_it_means_when_it_is_connected_to(settings, monkeypatch):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    asked = []

    def rebinding(host, port, **_):
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert outbound.problem("https://rebind.example/") is None
    with pytest.raises(Unreachable):
        outbound.get("https://rebind.example/")
    assert asked == ["rebind.example"]


def test_T58_what_was_judged_is_what_is_connected_to(settings, monkeypatch):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    connected = []
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: public)

    def connect(address, *_a, **_k):
        connected.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        outbound.get("https://app.example/")
    assert connected == [("93.184.216.34", 443)]


def test_T58_a_slow_answer_is_not_waited_for(serve, monkeypatch):
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 0.5)
    dripping = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100]
    began = time.monotonic()
    with pytest.raises(Unreachable):
        outbound.get(serve(*dripping, pause=0.1).url)
    assert time.monotonic() - began < 2


def test_a_long_answer_is_not_read(serve):
    endless = serve(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 10_000] * 100)
    with pytest.raises(Unreachable):
        outbound.get(endless.url, max_bytes=50_000)


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example/",
        "ftp://app.example/",
        "https://",
        "https://user@app.example/",
        "https://app.example/#part",
        "https://app.example:port/",
        "https://app.exämple/",
        "https://app.example/a b",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_is_no_such_address_cannot_be_registered(url):
    assert outbound.problem(url) is not None
    with pytest.raises(Unreachable):
        outbound.get(url)


def test_plain_http_is_for_loopback(settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = [*LOOPBACK, ip_network("10.0.0.0/8")]
    assert outbound.problem("http://localhost:3000/") is None
    assert outbound.problem("http://127.0.0.1:3000/") is None
    assert outbound.problem("http://10.0.0.1/") is not None
    assert outbound.problem("https://10.0.0.1/") is None


def test_nobody_there_is_said_so(serve):
    server = serve(b"")
    server.socket.close()
    with pytest.raises(Unreachable):
        outbound.get(server.url)
