"""A listener on the line: it stands where a server's public address is and writes down what passes."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import ClassVar, Self

import httpx
from typing_extensions import override

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}
TOKENS = ("access_token", "refresh_token", "id_token")


@dataclass(frozen=True)
class Exchange:
    """One request and the status it got. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str
    answer_headers: dict[str, str]


class Recorder:
    """A reverse proxy on a port of its own, in front of one server. A context manager.

    `delays` holds back the answers of a path (without query), in seconds, so that requests overlap for sure.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.upstream = ""
        self.exchanges: list[Exchange] = []
        self.delays: dict[str, float] = {}
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.recorder = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def to(self, path: str) -> list[Exchange]:
        """What passed to this path so far."""
        return [exchange for exchange in self.exchanges if exchange.path.partition("?")[0] == path]

    def tokens(self) -> set[str]:
        """Every token that the server handed out."""
        good = [exchange for exchange in self.to("/o/token/") if exchange.status == httpx.codes.OK]
        answers = [json.loads(exchange.answer) for exchange in good if exchange.method == "POST"]
        return {answer[name] for answer in answers for name in TOKENS if name in answer}

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of browsers that hang up in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # a transport, not a client: a client would keep the cookies of one browser and send them for the next
    line: ClassVar = httpx.HTTPTransport()

    def _pass_on(self) -> None:
        recorder = self.server.recorder
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        passed = {name: value for name, value in headers.items() if name not in HOP_BY_HOP}
        request = httpx.Request(self.command, recorder.upstream + self.path, headers=passed, content=body)
        answer = self.line.handle_request(request)
        raw = b"".join(answer.iter_raw())  # as it came, compressed or not
        said = (answer.status_code, raw.decode(errors="replace"), dict(answer.headers))
        recorder.exchanges.append(Exchange(self.command, self.path, headers, body.decode(), *said))
        time.sleep(recorder.delays.get(self.path.partition("?")[0], 0))
        self.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_OPTIONS = do_HEAD = _pass_on  # noqa: N815 (http.server's names)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
