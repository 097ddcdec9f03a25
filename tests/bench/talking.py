"""The client that sends the requests: so many connections, each in a thread of its own, each with its dialogue."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

from joserfc.jwk import ECKey

from tests.dpop import Prover

REDIRECT_URI = "https://app.example/callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Request(NamedTuple):
    """What goes over the wire."""

    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = {}


def form(path: str, authorization: dict[str, str] | None = None, **fields: str) -> Request:
    return Request("POST", path, urlencode(fields), {**FORM, **(authorization or {})})


class Dialogue:
    """What one connection asks. Each answer is shown to it, for the next question may hang on that."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def next(self) -> Request:
        return self.request

    def heard(self, body: bytes, nonce: str | None) -> None:
        """Nothing is learned."""


class Chain(Dialogue):
    """A refresh token that is turned again and again, each by the one before."""

    def __init__(self, token: str) -> None:
        self.token = token

    def next(self) -> Request:
        return form("/o/token/", grant_type="refresh_token", client_id="app", refresh_token=self.token)

    def heard(self, body: bytes, nonce: str | None) -> None:
        turned = json.loads(body)["refresh_token"]
        assert turned != self.token
        self.token = turned


class Codes(Dialogue):
    """Codes, each redeemed once."""

    def __init__(self, codes: Iterator[tuple[str, str]]) -> None:
        self.codes = codes

    def next(self) -> Request:
        code, verifier = next(self.codes)
        return form(
            "/o/token/",
            grant_type="authorization_code",
            client_id="app",
            redirect_uri=REDIRECT_URI,
            code=code,
            code_verifier=verifier,
        )


class Proved(Dialogue):
    """A bound token, each time beside a proof of its own, with the newest nonce (RFC 9449)."""

    def __init__(self, request: Request, url: str, token: str, key: str) -> None:
        self.request, self.url, self.token, self.nonce = request, url, token, ""
        self.prover = Prover(key=ECKey.import_key(json.loads(key)))

    def next(self) -> Request:
        proof = self.prover.proof(self.url, access_token=self.token, nonce=self.nonce)
        headers = {"Authorization": f"DPoP {self.token}", "DPoP": proof}
        return self.request._replace(headers=self.request.headers | headers)

    def heard(self, body: bytes, nonce: str | None) -> None:
        self.nonce = nonce or self.nonce


class _Answer(NamedTuple):
    status: int
    path: str
    body: bytes
    nonce: str | None
    seconds: float


class Connection:
    """A connection that is kept, its dialogue, and how many seconds each good answer took."""

    def __init__(self, port: int, dialogue: Dialogue) -> None:
        self.http = http.client.HTTPConnection("localhost", port, timeout=60)
        self.dialogue = dialogue
        self.seconds: list[float] = []

    def ask(self) -> bytes:
        """The body of the next answer. Raises AssertionError when it isn't 200, but for want of a nonce, once."""
        answer = self._ask()
        if answer.status == 401 and answer.nonce:
            answer = self._ask()
        assert answer.status == 200, f"{answer.path}: {answer.status} {answer.body[:300]!r}"
        self.seconds.append(answer.seconds)
        return answer.body

    def taken(self) -> list[float]:
        """The seconds of the answers since this was asked last."""
        seconds, self.seconds = self.seconds, []
        return seconds

    def _ask(self) -> _Answer:
        request = self.dialogue.next()
        began = time.perf_counter()
        self.http.request(request.method, request.path, request.body or None, request.headers)
        response = self.http.getresponse()
        body, nonce = response.read(), response.getheader("DPoP-Nonce")
        seconds = time.perf_counter() - began
        self.dialogue.heard(body, nonce)
        return _Answer(response.status, request.path, body, nonce, seconds)


def run(connections: list[Connection], each: int, check: Callable[[bytes], None], pause: float = 0) -> None:
    """Send `each` requests over each connection, so many seconds after the answer before.

    Every answer must be a 200, and the last one stands `check`.
    """

    def talk(connection: Connection) -> None:
        for _ in range(each - 1):
            connection.ask()
            time.sleep(pause)
        check(connection.ask())

    with ThreadPoolExecutor(len(connections)) as pool:
        list(pool.map(talk, connections))
