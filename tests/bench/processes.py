"""What processes used: CPU and memory, read from `/proc`."""

import os
from pathlib import Path


def descendants(ancestor: int) -> set[int]:
    """Every process below that one."""
    found: set[int] = set()
    new = {ancestor}
    while new:
        below = (Path(f"/proc/{pid}/task").glob("*/children") for pid in new)
        new = {int(child) for files in below for file in files for child in _read(file).split()}
        found |= new
    return found


def cpu(processes: set[int]) -> float:
    """Seconds of CPU that the processes' threads have used, in user and system mode.

    To the nanosecond, as the scheduler counts them: `utime` and `stime` are sampled, a hundred times a second.
    """
    files = (file for pid in processes for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def resident(pid: int) -> float:
    """Megabytes (10⁶ bytes) of memory that the process holds, what it shares with others included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) * 1024 / 1e6


def postgres() -> set[int]:
    """The processes of the PostgreSQL that we started, but for those that vacuum: they come and go on their own."""
    found = (Path(f"/proc/{pid}") for pid in descendants(os.getpid()))
    return {
        int(process.name)
        for process in found
        if _read(process / "comm") == "postgres\n" and "autovacuum worker" not in _read(process / "cmdline")
    }


def _read(file: Path) -> str:
    """What it says; nothing if its process is gone."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
