"""A web server with https, on which a client's document lies."""

import json
import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import trustme

from tests.local_server import LocalServer


class DocumentHost(LocalServer):
    """Answers with `document` as JSON, status and headers as they stand, and counts; `ca` vouches for it.

    Whoever shall trust it has the path of `ca` in SSL_CERT_FILE.
    """

    def __init__(self, folder: Path) -> None:
        self.document: object = {}
        self.status, self.headers, self.asked = 200, {"Cache-Control": "max-age=600"}, 0
        host, authority = self, trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked += 1
                body = json.dumps(host.document).encode()
                self.send_response(host.status)
                for name, value in host.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(tls)
        super().__init__(Handler, tls)
        self.origin = f"https://localhost:{self.port}"
        self.url = f"{self.origin}/client.json"
