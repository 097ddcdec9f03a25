"""Other people's JavaScript, from npm: locked here, installed when a test first wants it."""

import fcntl
import shutil
import subprocess
import sys
from os import environ
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PATH = f"{environ['PATH']}:{Path(sys.executable).parent}"


def install(folder: Path = HERE) -> None:
    """Install what a folder's lock file says, where nobody did yet; whoever comes meanwhile waits."""
    installed = folder / "node_modules" / ".installed"  # what the lock file said
    with (folder / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        if not installed.exists() or installed.read_text() != wanted:
            npm = [program("npm"), "ci", "--no-fund", "--no-audit"]
            subprocess.run(npm, cwd=folder, env={**environ, "PATH": PATH}, check=True)
            installed.write_text(wanted)


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
