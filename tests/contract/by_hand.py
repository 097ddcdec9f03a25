"""The documented set-up by hand: a copy of the tracked files, no `.env`, nothing in the environment, SQLite."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

from idp.dev.process import Process, free_port
from tests.stack.environment import MACHINE
from tests.stack.gatehouse import ROOT

ENVIRONMENT = {name: os.environ[name] for name in MACHINE if name in os.environ}
ISSUER = "http://localhost:8000"  # the documented one; the server listens elsewhere, for 8000 may be taken


class ByHand:
    """The copy, the commands that are run in it, and the development server. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._server: Process | None = None
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():  # not deleted meanwhile
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `python manage.py …`."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env={**ENVIRONMENT, **(env or {})}, capture_output=True, text=True
        )

    def serve(self) -> None:
        """Run `python manage.py runserver`, with a port behind it; return once it answers."""
        port = free_port()
        self.url = f"http://localhost:{port}"
        command = [sys.executable, "manage.py", "runserver", str(port)]
        self._server = Process(command, log=self.folder / "runserver.log", env=ENVIRONMENT, cwd=self.folder)
        self._server.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.stop()
