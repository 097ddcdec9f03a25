"""A deployment with everything switched on, a listener in front of it, and its metadata as clients read them."""

import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx2
import psycopg
from authlib.oidc.discovery import get_well_known_url
from joserfc.jwk import KeySet

from idp.dev.process import free_port
from tests.document_host import DocumentHost
from tests.interop import wire
from tests.interop.wire import OFF_THE_WIRE, Use
from tests.stack.fixtures import StartGatehouse
from tests.stack.gatehouse import Gatehouse
from tests.stack.recorder import Recorder

# What is off unless somebody wants it
SWITCHES = {
    "SIGN_UP": "true",
    "DYNAMIC_REGISTRATION": "open",
    "CLIENT_ID_METADATA_DOCUMENTS": "true",
    "OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128",
}


class Provider:
    """The server as its metadata describe it; `self[name]` is what they say. A context manager."""

    def __init__(self, start_gatehouse: StartGatehouse) -> None:
        with ExitStack() as parts:
            self.recorder = parts.enter_context(Recorder(free_port()))
            self.issuer = self.recorder.url
            folder = Path(parts.enter_context(TemporaryDirectory()))
            self.documents = parts.enter_context(DocumentHost(folder))
            self.mail = folder / "mail"
            mail = {"EMAIL_URL": f"filemail://{self.mail}"}
            settings = mail | {"ISSUER_URL": self.issuer, "SSL_CERT_FILE": str(self.documents.ca), **SWITCHES}
            self.gatehouse: Gatehouse = start_gatehouse(settings=settings)
            parts.callback(self.gatehouse.stop)
            self.recorder.upstream = self.gatehouse.urls[0]
            self.http = parts.enter_context(httpx2.Client())
            self.seen: set[Use] = set()
            self.document: dict[str, Any] = self.read(get_well_known_url(self.issuer, external=True))
            self.resource: dict[str, Any] = self.read(f"{self.issuer}/.well-known/oauth-protected-resource/graphql")
            assert self["issuer"] == self.issuer
            self.gatehouse.manage("seed_demo_users", "--force")
            with psycopg.connect(self.gatehouse.database_url) as connection:
                connection.execute("UPDATE idp_user SET first_name = 'Ada', last_name = 'Min' WHERE username = 'admin'")
            self._parts = parts.pop_all()

    def read(self, address: str) -> Any:
        return self.http.get(address).raise_for_status().json()

    def __getitem__(self, name: str) -> Any:
        return self.document[name]

    def key_set(self) -> KeySet:
        return KeySet.import_key_set(self.read(self["jwks_uri"]))

    def register(self, client_id: str, *options: str) -> None:
        self.gatehouse.manage("create_oauth_app", f"--client-id={client_id}", *options)

    def mailed_code(self) -> str:
        """The code in the mail that was sent last."""
        for _ in range(2):  # the message, and then its mail
            self.gatehouse.manage("work", "--once")
        newest = max(self.mail.iterdir(), key=lambda file: file.stat().st_mtime)
        return str(re.findall(r"^[A-Z]{4}-[A-Z]{4}$", newest.read_text(), re.MULTILINE)[-1])

    def note(self, name: str, value: object) -> None:
        """Keep that a client saw something that doesn't pass the server's door."""
        assert name in OFF_THE_WIRE
        self.seen.add(Use(name, value))

    def used(self) -> set[Use]:
        return wire.used(self.document, list(self.recorder.exchanges)) | self.seen

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._parts.close()
