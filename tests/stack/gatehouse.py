"""Gatehouse as it is deployed: server processes of its own, sharing one freshly migrated database."""

import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psycopg

from idp.dev.process import Process, free_port
from tests.stack import environment
from tests.stack.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "gatehouse_template"
MIGRATION_LOCK = 20240


class Server:
    """One server process on a port of its own, which it keeps when it is started again."""

    def __init__(self, env: Mapping[str, str], port: int, log: Path) -> None:
        """Remember how to start it; `start` does."""
        self.url = f"http://localhost:{port}"
        self.log = log
        self._env = env
        self._port = port
        self._process: Process | None = None

    def start(self) -> None:
        """Start the process; return once it says that it lives."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start the process without waiting."""
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self._port),
        ]
        limits = ["--workers", "1", "--blocking-threads", "16", "--backlog", "256"]
        self._process = Process([*command, *limits, "idp.wsgi:application"], log=self.log, env=self._env, cwd=ROOT)

    def wait(self) -> None:
        """Return once the process says that it lives. Raises StartError."""
        if self._process:
            self._process.wait_until(self._lives)

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._process:
            self._process.stop()
            self._process = None

    def restart(self) -> None:
        """End the process and start another in its place."""
        self.stop()
        self.start()

    def _lives(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/healthz", headers={"Host": "localhost"}).is_success
        except httpx.TransportError:
            return False


class Gatehouse:
    """A deployment: its servers, its database, its settings. A context manager; leaving it ends everything."""

    def __init__(
        self,
        postgres: Postgres,
        folder: Path,
        *,
        servers: int = 1,
        sqlite: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Make the database and start the servers. The issuer is the first server, unless `settings` name another.

        `folder` is for logs and for SQLite's file.
        """
        self._postgres = postgres
        self.database_name = f"gatehouse_{secrets.token_hex(6)}"
        self.database_url = (
            f"sqlite:///{folder / 'db.sqlite3'}"
            if sqlite
            else postgres.create(self.database_name, template=template(postgres))
        )
        ports = [free_port() for _ in range(servers)]
        issuer = {"ISSUER_URL": f"http://localhost:{ports[0]}", "DATABASE_URL": self.database_url}
        self.environment = environment.of_process({**issuer, **(settings or {})})
        self.issuer = self.environment["ISSUER_URL"]
        self.servers = [Server(self.environment, port, folder / f"server-{port}.log") for port in ports]
        try:
            if sqlite:
                self.manage("migrate", "-v0")
            for server in self.servers:
                server.launch()
            for server in self.servers:
                server.wait()
        except BaseException:
            self.stop()
            raise

    @property
    def urls(self) -> list[str]:
        """The servers' base URLs, without a slash at the end."""
        return [server.url for server in self.servers]

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run `manage.py` against this deployment's database; answer what it printed. Raises CalledProcessError."""
        return manage(self.environment, *arguments, stdin=stdin)

    def stop(self) -> None:
        """End the servers and drop the database."""
        for server in self.servers:
            server.stop()
        if self.database_url.startswith("postgres"):
            self._postgres.drop(self.database_name)

    def __enter__(self) -> Self:
        """The deployment itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()


def manage(env: Mapping[str, str], *arguments: str, stdin: str = "") -> str:
    """Run `manage.py` in a process of its own. Raises CalledProcessError, with its output as a note."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(env), input=stdin, capture_output=True, text=True
    )
    if done.returncode:
        error = subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        error.add_note("\n".join((done.stdout + done.stderr).splitlines()[-30:]))
        raise error
    return done.stdout


def template(postgres: Postgres) -> str:
    """The name of a migrated database to copy, made by the first who asks in this run (other workers wait for it)."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if not postgres.has(TEMPLATE):
            draft = f"{TEMPLATE}_draft"
            postgres.drop(draft)
            url = postgres.create(draft)
            manage(environment.of_process({"DATABASE_URL": url}), "migrate", "-v0")
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {TEMPLATE}")
    return TEMPLATE
