"""The Chromium that browser tests drive: an installed one, else apt's (as root), else Playwright's own.

`python -m tests.stack.chromium` installs it if need be and prints where it is.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from idp.dev.process import StartError, is_root

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "no Chromium: install one (`apt-get install chromium`), or set CHROMIUM to the path of one"


def find() -> str | None:
    """The path of an installed Chromium: `CHROMIUM`'s, one on the PATH, one that Playwright downloaded; or None."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    downloaded = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloaded[-1]) if downloaded else None


def find_or_install() -> str:
    """The path of a Chromium, installed now if need be. Raises StartError when there is none to be had."""
    if found := find():
        return found
    with Path(tempfile.gettempdir(), f"gatehouse-chromium-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not find() and is_root() and shutil.which("apt-get"):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            _run(["apt-get", "update", "-qq"], quiet)
            _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet)
        if not find():
            _run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))
    if found := find():
        return found
    raise StartError(ADVICE)


def version(path: str) -> str:
    """The version of the Chromium at `path`."""
    answer = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\d+(\.\d+)+", answer)
    return number[0] if number else "unknown"


def _run(command: list[str], env: dict[str, str]) -> None:
    """Run one attempt; whether it helped is asked of the file system, not of its exit status."""
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        find_or_install()
    except StartError as error:
        sys.exit(str(error))
