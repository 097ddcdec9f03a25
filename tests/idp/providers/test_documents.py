"""What another provider says is fetched once for minutes; one that is slow keeps few waiting, and nobody else."""

import threading

import pytest

from idp.providers import documents
from idp.providers.errors import Untrusted

SLOW = "/slow"


@pytest.fixture
def gate(other):
    """Shut until it is set: the page says nothing before."""
    gate = threading.Event()

    def answer(handler):
        gate.wait(5)
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"{}")

    other.pages[SLOW] = answer
    return gate


def at_once(many, work):
    found = []

    def run():
        try:
            found.append(work())
        except Untrusted as error:
            found.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    return threads, found


def test_many_at_once_ask_once_and_few_wait(other, gate, monkeypatch):
    monkeypatch.setattr(documents, "WAITING", threading.BoundedSemaphore(2))
    threads, found = at_once(8, lambda: documents.get(other.issuer + SLOW))
    while len(found) < 5:
        pass
    assert found == ["too many wait for it"] * 5
    gate.set()
    for thread in threads:
        thread.join()
    assert found[5:] == [{}] * 3
    assert other.asked == [SLOW]


def test_what_is_fresh_is_read_while_another_asks_anew(other, gate, monkeypatch):
    gate.set()
    documents.get(other.issuer + SLOW)
    gate.clear()
    monkeypatch.setattr(documents, "PAUSE_SECONDS", 0)
    [thread], _ = at_once(1, lambda: documents.get(other.issuer + SLOW, anew=True))
    while len(other.asked) < 2:
        pass
    assert documents.get(other.issuer + SLOW) == {}
    assert thread.is_alive()
    gate.set()
    thread.join()


def test_one_that_was_not_asked_for_want_of_a_place_may_be_asked_next(other):
    for _ in range(documents.AT_ONCE):
        documents._places.acquire()
    try:
        with pytest.raises(Untrusted):
            documents.get(other.issuer + "/jwks")
    finally:
        for _ in range(documents.AT_ONCE):
            documents._places.release()
    assert documents.get(other.issuer + "/jwks")["keys"]
