"""`python -m tests.bench.giving_way command…`: run it so that all other processes come first, as on another machine.

Where the kernel groups processes by session, their policy counts only within one: run it in a session of its own.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def giving_way(command: Sequence[str]) -> list[str]:
    """The command that runs another like this."""
    return [sys.executable, "-m", "tests.bench.giving_way", *command]


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(FileNotFoundError):
        Path("/proc/self/autogroup").write_text("19")
    os.execv(sys.argv[1], sys.argv[1:])
