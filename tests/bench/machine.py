"""What it was measured on, and with which versions."""

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("django", "django-oauth-toolkit", "granian", "psycopg", "strawberry-graphql")


def machine() -> dict[str, object]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": ", ".join(sorted(names)) or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.platform(),
    }


def versions(postgresql: str) -> dict[str, str]:
    node = subprocess.run([Path(sys.prefix, "bin", "node"), "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "python": platform.python_version(),
        "postgresql": postgresql,
        "node": node,
        **{name: version(name) for name in LIBRARIES},
    }
