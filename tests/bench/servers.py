"""The servers beside which we are measured: each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from idp.dev.process import Process, free_port
from tests.bench.loads import CONNECTIONS, ROUNDS, Seeds, codes_for
from tests.bench.processes import cpu, descendants
from tests.bench.talking import REDIRECT_URI
from tests.interop import packages
from tests.stack import environment
from tests.stack.gatehouse import ROOT


class Server:
    """A server that answers, with all its processes."""

    def __init__(self, command: Sequence[str], port: int, folder: Path, env: Mapping[str, str], probe: str) -> None:
        self.port, self.url = port, f"http://localhost:{port}"
        before = descendants(os.getpid())
        self.log = folder / f"{port}.log"
        self._process = Process(command, log=self.log, env=env, cwd=ROOT)
        self._process.wait_until(lambda: self._answers(probe))
        self.processes = descendants(os.getpid()) - before

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        return cpu(self.processes)

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self._process.stop()


def granian(application: str, port: int, *, workers: int = 2) -> list[str]:
    """The command that serves a WSGI application as Gatehouse is served."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"),
        *("--workers", str(workers), "--blocking-threads", "32", "--backlog", "256", "--port", str(port), application),
    ]


def hello(folder: Path) -> Server:
    port = free_port()
    return Server(granian("tests.bench.hello:application", port), port, folder, environment.of_process({}), "/hello")


def plain_dot(folder: Path, database_url: str, hasher: str = "one_round") -> tuple[Server, Seeds]:
    """With a fast hash of client secrets; `default` is the hasher that it has when nobody says otherwise."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    env = environment.of_process({"DATABASE_URL": database_url, "OIDC_KEY": key.decode()})
    env |= {"DJANGO_SETTINGS_MODULE": "tests.bench.plain_dot.settings", "CLIENT_SECRET_HASHER": hasher}
    command = [sys.executable, "-m", "tests.bench.plain_dot.seed"]
    made = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    port, probe = free_port(), "/.well-known/openid-configuration"
    server = Server(granian("tests.bench.plain_dot.wsgi:application", port), port, folder, env, probe)
    return server, Seeds(**json.loads(made.stdout))


def oidc_provider(folder: Path) -> tuple[Server, Seeds]:
    """panva's, with nothing but memory behind it; one process, on the Node of the development packages."""
    packages.install()
    port, node = free_port(), Path(sys.prefix, "bin", "node")
    asked = {"connections": CONNECTIONS, "codes": codes_for(ROUNDS), "redirectUri": REDIRECT_URI}
    command = [str(node), str(packages.HERE / "peer.mjs"), str(port), json.dumps(asked)]
    env = {"PATH": os.environ["PATH"], "NODE_ENV": "production"}
    server = Server(command, port, folder, env, "/.well-known/openid-configuration")
    [said] = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    return server, Seeds(**json.loads(said))
