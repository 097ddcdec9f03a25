"""Processes that end with the one that started them at the latest, however that ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

KEEPER = Path(__file__).with_name("keeper.py")
STOP_SECONDS = 20


class StartError(RuntimeError):
    """A process could not be brought up; the message says why, or what to do."""


class Identity(NamedTuple):
    """The user and group to run a command as."""

    user: int
    group: int


class Process:
    """A running command under the keeper; its output goes to `log`, or where ours goes."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        identity: Identity | None = None,
        remove: Path | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start it. `stop_signal` is its polite end; `remove` a folder to delete once it has ended."""
        self.command = list(command)
        self.log = log
        spec = {
            "command": self.command,
            "stop": int(stop_signal),
            "user": identity.user if identity else None,
            "group": identity.group if identity else None,
            "remove": str(remove) if remove else None,
        }
        with ExitStack() as files:
            output = files.enter_context(log.open("ab")) if log else None
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(KEEPER), json.dumps(spec)],
                env=None if env is None else dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._keeper.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Return once `ready()` is true; raise StartError with the end of the log when it ended, or took too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                self.stop()
                raise StartError(f"{self.command[0]} did not come up:\n{self._last_words()}")
            time.sleep(0.02)

    def hang_up(self) -> None:
        """Tell it to end, without waiting."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()

    def stop(self) -> None:
        """End it, and return when nothing of it is left."""
        self.hang_up()
        try:
            self._keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.terminate()
            self._keeper.wait(STOP_SECONDS)

    def _last_words(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])


def free_port() -> int:
    """A TCP port on the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def taken(port: int) -> bool:
    """Whether something listens on the port at localhost, by IPv4 or IPv6."""
    try:
        with socket.create_connection(("localhost", port), timeout=0.5):
            return True
    except OSError:
        return False


def is_root() -> bool:
    """Whether we may become somebody else (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
