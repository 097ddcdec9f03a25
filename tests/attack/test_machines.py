"""No sequence of legal and illegal steps buys twice, outlives its end, widens a grant, or breaks the server."""

import subprocess
import sys

import pytest

from tests.attack.machines.run import run
from tests.stack import environment
from tests.stack.gatehouse import ROOT

pytestmark = pytest.mark.full  # long


@pytest.mark.django_db
@pytest.mark.parametrize("profile", ["short", pytest.param("long", marks=pytest.mark.full)])
def test_T10_T22_T42_lives_on_postgresql(profile):
    run(profile)


@pytest.mark.full
@pytest.mark.parametrize("profile", ["short", "long"])
def test_T10_T22_T42_lives_on_sqlite(profile, tmp_path):
    env = environment.of_process({"DATABASE_URL": f"sqlite:///{tmp_path}/machines.sqlite3"})
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack.machines", profile], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-8000:]
