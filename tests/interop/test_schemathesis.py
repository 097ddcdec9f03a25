"""schemathesis reads the description of the REST paths and tries them: nothing is answered that isn't described."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.http_flow import Deployment
from tests.stack import environment

pytestmark = pytest.mark.full  # long

SEED = "1"


@pytest.fixture(scope="module")
def deployment(start_gatehouse):
    with Deployment(start_gatehouse(settings={"ACCESS_TOKEN_EXPIRE_SECONDS": "3600"})) as deployment:
        yield deployment


@pytest.mark.parametrize("caller", ["alice", "nobody"])
def test_it_finds_nothing(deployment, caller, tmp_path):
    url = f"{deployment.gatehouse.urls[0]}/api/openapi.json"
    headers = []
    if caller == "alice":
        code = deployment.person().sign_in().code("openid profile email roles")
        headers = ["--header", f"Authorization: Bearer {deployment.token(**code).json()['access_token']}"]
    done = subprocess.run(
        [
            *(
                Path(sys.executable).parent / "schemathesis",
                "run",
                url,
                "--url",
                deployment.gatehouse.urls[0],
                *headers,
            ),
            *("--seed", SEED, "--max-examples", "25", "--no-color", "--workers", "1", "--generation-database", "none"),
        ],
        cwd=tmp_path,
        env=environment.of_process({}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Selected: 5/5" in done.stdout
