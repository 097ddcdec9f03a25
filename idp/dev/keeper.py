"""Runs one command and outlives nobody: when the process that started it goes, however it goes, the command goes too.

Usage: `keeper.py SPEC`, where SPEC is a JSON object with `command` (argv), `stop` (signal number), `user` and `group`
(ids to run as, or null) and `remove` (a folder to delete afterwards, or null). Standard input is the life line: the
starter holds the other end and says nothing, so that end-of-file means that it has ended, by `kill -9` too.
Stands alone (no import from this project), because it is run by path.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType

STOP_SECONDS = 10


def main(spec_json: str) -> int:
    """Run the command until it ends or the life line does; answer its exit status."""
    spec = json.loads(spec_json)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _hang_up)
    child = None
    try:
        child = subprocess.Popen(
            spec["command"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            user=spec["user"],
            group=spec["group"],
            extra_groups=None if spec["user"] is None else [],
        )
        while child.poll() is None:
            readable, _, _ = select.select([sys.stdin.fileno()], [], [], 0.1)
            if readable and not os.read(sys.stdin.fileno(), 64):
                break
    except SystemExit:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child is not None:
            _stop(child, spec["stop"])
        if spec["remove"]:
            shutil.rmtree(spec["remove"], ignore_errors=True)
    return child.returncode if child is not None else 1


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit


def _stop(child: "subprocess.Popen[bytes]", stop: int) -> None:
    """Ask the command to stop, wait, and then kill what is left of its process group."""
    if child.poll() is None:
        child.send_signal(stop)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
