"""A client's own server, which takes logout tokens."""

import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.local_server import LocalServer


class RelyingParty(LocalServer):
    """A client's server that takes logout tokens; `status` is what it answers, after `delay` seconds."""

    def __init__(self, status: int = 200, delay: float = 0) -> None:
        self.tokens: list[str] = []
        party = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                party.tokens.append(parse_qs(body)["logout_token"][0])
                time.sleep(delay)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", party.uri)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)
        self.uri = f"http://127.0.0.1:{self.port}/logout"
