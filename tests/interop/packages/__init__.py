"""Other people's JavaScript, from npm: locked here, installed when a test first wants it."""

import fcntl
import shutil
import subprocess
import sys
from os import environ
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
# what the lock file said when they were installed
LOCK, INSTALLED = HERE / "package-lock.json", MODULES / ".installed"
PATH = f"{environ['PATH']}:{Path(sys.executable).parent}"


def install() -> None:
    """Install what the lock file says, where nobody did yet; whoever comes meanwhile waits."""
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
            npm = [program("npm"), "ci", "--no-fund", "--no-audit"]
            subprocess.run(npm, cwd=HERE, env={**environ, "PATH": PATH}, check=True)
            INSTALLED.write_text(wanted)


def run(script: str, *arguments: str) -> str:
    """Run a script of this folder by Node; return what it printed."""
    install()
    done = subprocess.run([program("node"), script, *arguments], cwd=HERE, check=True, capture_output=True, text=True)
    return done.stdout


def program(name: str) -> str:
    """Return the path of a program of Node's."""
    found = shutil.which(name, path=PATH)
    assert found, f"no {name}: run `uv sync`, which brings Node"
    return found
