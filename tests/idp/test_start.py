"""What a worker loads before it serves: what serving needs, at once, and nothing else. By modules, not by a clock."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.stack import environment
from tests.stack.gatehouse import ROOT

# Each costs every start, so a new one is named here on purpose.
LOADED = set(
    """
    allauth anyio asgiref certifi charset_normalizer corsheaders cryptography csp dateutil django environ fido2 graphql
    h11 httpcore2 httpx2 idna joserfc jwcrypto oauth2_provider oauthlib orjson packaging psycopg psycopg_binary redis
    requests segno sqlparse strawberry strawberry_django structlog truststore typing_extensions urllib3 whitenoise
    """.split()
)
INNER = ("_", "cython_runtime")
OURS = {"graph", "idp", "oauth_ext"}
# What is for commands, for developers, for the documentation, or for another database
UNNEEDED = (
    "django.core.management.commands",
    "django.core.servers",
    "django.db.backends.sqlite3",
    "django.test",
    "graph.management",
    "graph.reference",
    "idp.dev",
    "idp.management",
    "oauth_ext.management",
    "pdb",
    "tests",
    "unittest",
)
MOST = 2200
"""Modules, those of Python and of Django too: a twentieth above what there are."""

START = """
import importlib.abc, io, json, sys

class Production(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in development:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

development = set(json.loads(sys.argv[1]))
sys.meta_path.insert(0, Production())
started = []
sys.addaudithook(lambda event, args: started.append(str(args[0])) if event == "subprocess.Popen" else None)
from idp.wsgi import application
loaded = sorted(sys.modules)
application({
    "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "localhost", "SERVER_PORT": "8000",
    "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
}, lambda status, headers: print(json.dumps([status, loaded, sorted(set(sys.modules) - set(loaded)), started])))
"""


def development() -> list[str]:
    """The packages of this environment that a production deployment doesn't have."""
    deployed = {
        _canonical(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    }
    found = packages_distributions().items()
    return [package for package, names in found if deployed.isdisjoint(map(_canonical, names))]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def start() -> tuple[list[str], list[str], list[str]]:
    """The modules that a worker has when it begins to serve, those that its first request adds, programs it started."""
    command = [sys.executable, "-c", START, json.dumps(development())]
    env = environment.of_process({"REDIS_URL": "redis://localhost:1"})
    said = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True).stdout
    status, loaded, added, programs = json.loads(said.splitlines()[-1])
    assert status == "200 OK"
    return loaded, added, programs


def test_a_start_loads_the_packages_that_serving_needs_and_no_others(start):
    packages = {name.partition(".")[0] for name in start[0]} - sys.stdlib_module_names - OURS
    assert {package for package in packages if not package.startswith(INNER)} == LOADED


def test_a_start_loads_nothing_that_is_for_others(start):
    assert [name for name in start[0] if name.startswith(UNNEEDED)] == []


def test_a_start_loads_no_more_modules_than_said(start):
    assert len(start[0]) <= MOST


def test_the_first_request_waits_for_no_module(start):
    assert start[1] == []


def test_a_start_runs_no_other_program(start):
    assert start[2] == []
