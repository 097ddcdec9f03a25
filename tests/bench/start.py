"""Start and size: CPU from a process's start until it answers, and the memory of a worker after many requests."""

import subprocess
import sys
from contextlib import ExitStack
from statistics import median

from tests.bench.gatehouse import Gatehouse
from tests.bench.loads import CONNECTIONS, INTROSPECT, LOADS, VALIDATE
from tests.bench.measuring import Database, target
from tests.bench.processes import resident
from tests.stack.gatehouse import ROOT

STARTS = 9
LEAST = 1.3
"""How many times the CPU of importing its libraries a start may cost."""
REQUESTS, STEP = 200_000, 50_000
CHEAP = ("userinfo", INTROSPECT, VALIDATE, "the same, by its documentId", "JWKS")
MOST_MEGABYTES = 160

# What a worker has imported of others, in the order in which it did, with the apps among them that Django is told of
LIBRARIES = """
import sys
before = set(sys.modules)
import granian.server, idp.wsgi
from django.apps import apps
from django.urls import get_resolver
get_resolver().url_patterns
ours = {"idp", "oauth_ext", "graph", "spa", "tests"}
print(*(config.name for config in apps.get_app_configs() if config.name.partition(".")[0] not in ours))
print(*(name for name in list(sys.modules) if name not in before and name.partition(".")[0] not in ours))
"""
# The same libraries alone, in a project that has nothing but them, and that refuses what we refuse
IMPORT = """
import importlib, sys, time
from django.conf import settings
from idp.ops import without_gis
without_gis.install()
apps, modules = (line.split() for line in sys.stdin)
middleware = ["allauth.account.middleware.AccountMiddleware"]
settings.configure(INSTALLED_APPS=apps, MIDDLEWARE=middleware, SECRET_KEY="of no use here")
import django
django.setup()
failed = 0
for name in modules:
    try:
        importlib.import_module(name)
    except Exception:
        failed += 1
print(failed, time.process_time())
"""


def measure(gatehouse: Gatehouse) -> dict[str, object]:
    """Print what a start costs beside its imports; return it for the record."""
    listed = _python(gatehouse, LIBRARIES, "")
    both = [(_python(gatehouse, IMPORT, listed).split(), _start(gatehouse)) for _ in range(STARTS)]
    failed = both[0][0][0]
    alone, started = (median(each) for each in zip(*((float(done[1]), start) for done, start in both), strict=True))
    count = len(listed.splitlines()[1].split())
    print(
        f"\nStart: {started:.2f} s of CPU from the start of granian with one worker until it answers, × "
        f"{started / alone:.2f} of importing its {count} modules of other people alone, {alone:.2f} s "
        f"({'within' if started / alone <= LEAST else 'beyond'} {LEAST}; {failed} can't be imported alone).",
        flush=True,
    )
    return {
        "cpu_seconds": started,
        "imports_cpu_seconds": alone,
        "modules": count,
        "each": [start for _, start in both],
    }


def _start(gatehouse: Gatehouse) -> float:
    server = gatehouse.start(workers=1)
    try:
        return server.cpu()
    finally:
        server.stop()


def _python(gatehouse: Gatehouse, program: str, stdin: str) -> str:
    command = [sys.executable, "-c", program]
    env = {**gatehouse.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, check=True)
    return done.stdout


def remember(gatehouse: Gatehouse, database: Database) -> dict[str, object]:
    """Print the memory of the one worker at its start, and on the way to so many requests; return it for the record."""
    with ExitStack() as parts:
        server = gatehouse.start(workers=1)
        parts.callback(server.stop)
        seeds = gatehouse.seeds(0)
        each = STEP // len(CHEAP) // CONNECTIONS
        targets = [target(server, load, seeds, database, each) for load in LOADS if load.name in CHEAP]
        megabytes = {0: _worker(server.processes)}
        for done in range(STEP, REQUESTS + 1, STEP):
            for one in targets:
                one.measure()
            megabytes[done] = _worker(server.processes)
    said = ", ".join(f"{held:.0f} after {done:,}" for done, held in megabytes.items())
    most = max(megabytes.values())
    grown = megabytes[REQUESTS] - megabytes[STEP]
    print(
        f"Memory of a worker, in megabytes, by requests: {said} ({'within' if most < MOST_MEGABYTES else 'beyond'} "
        f"{MOST_MEGABYTES}; {grown:+.1f} from {STEP:,} to {REQUESTS:,}).",
        flush=True,
    )
    return {str(done): held for done, held in megabytes.items()}


def _worker(processes: set[int]) -> float:
    """What the largest of the server's processes holds: the others only watch over it."""
    return max(resident(pid) for pid in processes)
