"""Processes that tests start: each ends with the test run at the latest, however that ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

KEEPER = Path(__file__).with_name("keeper.py")
STOP_SECONDS = 20


class StackError(RuntimeError):
    """A real service could not be brought up; the message says what to do."""


class Identity(NamedTuple):
    """The user and group to run a command as."""

    user: int
    group: int


class Process:
    """A running command under the keeper; its output goes to `log`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
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
        with log.open("ab") as output:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(KEEPER), json.dumps(spec)],
                env=None if env is None else dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Return once `ready()` is true; raise StackError with the end of the log when it ended, or took too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._keeper.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-30:]) if self.log.exists() else ""
                self.stop()
                raise StackError(f"{self.command[0]} did not come up:\n{tail}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and return when nothing of it is left."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.terminate()
            self._keeper.wait(STOP_SECONDS)


def free_port() -> int:
    """A TCP port on the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether something listens on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_root() -> bool:
    """Whether we may become somebody else (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
