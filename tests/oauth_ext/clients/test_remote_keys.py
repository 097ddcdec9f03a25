"""Keys at a client's `jwks_uri`, from a server that is really asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from django.db import connection
from joserfc.jwk import ECKey

from oauth_ext.clients import documents, remote_keys
from oauth_ext.clients.services import authenticate
from oauth_ext.errors import InvalidClient
from oauth_ext.parameters import Parameters
from tests.oauth_ext.clients.signing import KEYS, assertion, by_assertion, jwks, make_signing_client

LOOPBACK = [ip_network("127.0.0.0/8")]
pytestmark = pytest.mark.django_db
NEW = ECKey.generate_key("P-256", {"kid": "new"})


class Host(ThreadingHTTPServer):
    """A client's web server: answers what it is told to, and counts."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server_port}/jwks.json"
        self.body, self.status, self.asked = json.dumps(jwks(KEYS["ES256"])), 200, 0
        self.gate = threading.Event()
        self.gate.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.gate.wait(5)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def nothing_is_kept():
    remote_keys.forget()


@pytest.fixture
def host(settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = LOOPBACK
    with Host() as host:
        yield host
        host.shutdown()


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(remote_keys.time, "monotonic", lambda: now[0])
    return now


def ask(text: str | None = None):
    return authenticate(Parameters(by_assertion(text).items()), None)


def test_T28_keys_are_fetched_once_for_minutes(host):
    make_signing_client(jwks_uri=host.uri)
    for _ in range(3):
        assert ask().client_id == "signer"
    assert host.asked == 1


def test_T28_a_new_key_is_found_and_one_taken_off_is_gone(host, clock):
    make_signing_client(jwks_uri=host.uri)
    ask()
    host.body = json.dumps(jwks(NEW))
    clock[0] += remote_keys.PAUSE_SECONDS + 1
    assert ask(assertion(key=NEW)).client_id == "signer"
    assert host.asked == 2
    with pytest.raises(InvalidClient):
        ask()


def test_T28_strangers_can_not_have_an_address_asked_over_and_over(host, clock):
    make_signing_client(jwks_uri=host.uri)
    ask()
    for number in range(20):
        with pytest.raises(InvalidClient):
            ask(assertion(header={"kid": f"unknown-{number}"}))
    assert host.asked == 1
    clock[0] += remote_keys.PAUSE_SECONDS + 1
    for _ in range(20):
        with pytest.raises(InvalidClient):
            ask(assertion(header={"kid": "unknown"}))
    assert host.asked == 2
    assert ask().client_id == "signer"


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (302, "{}"), (200, "no JSON"), (200, "[]"), (200, '{"keys": []}'), (200, "x" * 70_000)],
)
def test_T28_an_address_that_fails_is_not_asked_again_at_once(host, clock, status, body):
    make_signing_client(jwks_uri=host.uri)
    good, host.body, host.status = host.body, body, status
    for _ in range(3):
        with pytest.raises(InvalidClient):
            ask()
    assert host.asked == 1
    host.body, host.status = good, 200
    clock[0] += remote_keys.PAUSE_SECONDS + 1
    assert ask().client_id == "signer"


def test_T28_keys_that_can_not_be_read_any_more_prove_nothing(host, clock):
    make_signing_client(jwks_uri=host.uri)
    ask()
    host.status = 500
    clock[0] += remote_keys.FRESH_SECONDS + 1
    with pytest.raises(InvalidClient):
        ask()


def test_T58_an_address_in_a_private_network_is_not_asked(host, settings):
    make_signing_client(jwks_uri=host.uri)
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    with pytest.raises(InvalidClient):
        ask()
    assert host.asked == 0


def eight_at_once(host: Host) -> tuple[list[threading.Thread], list[object]]:
    """Have eight threads look for the same key; what each finds ends in the list."""
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(remote_keys.find(host.uri, "ES256", "es"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    return threads, found


def test_T28_many_at_once_ask_once(host):
    host.gate.clear()
    threads, found = eight_at_once(host)
    host.gate.set()
    for thread in threads:
        thread.join()
    assert host.asked == 1
    assert len([key for key in found if key]) == 8


def test_T28_so_many_are_asked_at_once_and_no_more(host):
    """Slow hosts of strangers don't take all threads of a process."""
    host.gate.clear()
    waiting = [
        threading.Thread(target=remote_keys.find, args=(f"{host.uri}?{number}", "ES256", "es"))
        for number in range(documents.AT_ONCE)
    ]
    for thread in waiting:
        thread.start()
    while host.asked < documents.AT_ONCE:
        pass
    assert remote_keys.find(f"{host.uri}?more", "ES256", "es") is None
    assert host.asked == documents.AT_ONCE
    host.gate.set()
    for thread in waiting:
        thread.join()
    assert remote_keys.find(f"{host.uri}?more", "ES256", "es")  # it wasn't asked, so it may be


def test_T28_who_registered_themselves_take_no_place_of_others(host):
    make_signing_client(jwks_uri=host.uri)
    make_signing_client("stranger", jwks_uri=f"{host.uri}?strange", registration_source="dcr")
    for _ in range(documents.AT_ONCE):
        documents.STRANGERS.acquire()
    try:
        with pytest.raises(InvalidClient):
            ask(assertion("stranger"))
        assert ask().client_id == "signer"
    finally:
        documents.STRANGERS.release(documents.AT_ONCE)
    assert ask(assertion("stranger")).client_id == "stranger"


def test_T28_so_many_wait_for_one_address_and_no_more(host, monkeypatch):
    """Whoever comes on top is refused at once: a slow host of one client doesn't take all threads of a process."""
    monkeypatch.setattr(remote_keys, "WAITING", threading.BoundedSemaphore(2))
    host.gate.clear()
    threads, found = eight_at_once(host)
    while len(found) < 5:
        pass
    assert found == [None] * 5
    host.gate.set()
    for thread in threads:
        thread.join()
    assert len([key for key in found if key]) == 3


@pytest.mark.django_db(transaction=True)
def test_T28_no_transaction_is_open_while_a_stranger_is_waited_for(host, monkeypatch):
    make_signing_client(jwks_uri=host.uri)
    open_then = []
    real = documents.outbound.get
    monkeypatch.setattr(
        documents.outbound, "get", lambda *a, **k: open_then.append(connection.in_atomic_block) or real(*a, **k)
    )
    ask()
    assert open_then == [False]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(remote_keys, "MOST_ADDRESSES", 3)
    for number in range(10):
        remote_keys._entry(f"https://{number}.example/")
    assert list(remote_keys._kept) == [f"https://{number}.example/" for number in (7, 8, 9)]
