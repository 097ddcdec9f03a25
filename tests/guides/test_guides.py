"""The guides do what they say: their shell blocks are run in order against a live server, their answers compared."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.dev.process import Process
from tests.stack import environment
from tests.stack.gatehouse import ROOT, Gatehouse

pytestmark = pytest.mark.full  # long


GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```(?P<kind>sh|json|text)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTED = "http://localhost:8000"
ANYTHING = "…"
# `python manage.py` is typed where the code is, everything else in a folder of its own, from which the code is found
PRELUDE = f"""
set -eu -o pipefail
export PYTHONPATH='{ROOT}'
python() {{ if [ "$1" = manage.py ]; then (cd '{ROOT}' && command python "$@"); else command python "$@"; fi; }}
"""


@pytest.fixture(scope="module")
def deployment(start_gatehouse, tmp_path_factory) -> Iterator[Gatehouse]:
    """A development server with the demo users, and a worker."""
    settings = {"OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128", "RATE_LIMIT_FACTOR": "1"}
    settings |= {"DYNAMIC_REGISTRATION": "token", "CLIENT_ID_METADATA_DOCUMENTS": "true"}
    gatehouse = start_gatehouse(settings=settings)
    gatehouse.manage("seed_demo_users", "--force")
    gatehouse.manage("create_oauth_app")
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    worker = Process([sys.executable, "manage.py", "work"], log=log, env=gatehouse.environment, cwd=ROOT)
    yield gatehouse
    worker.stop()
    gatehouse.stop()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_does_what_it_says(guide: Path, deployment: Gatehouse, tmp_path: Path):
    text = guide.read_text().replace(DOCUMENTED, deployment.issuer)
    blocks = [(match["kind"], match["text"]) for match in BLOCK.finditer(text)]
    assert any(kind == "sh" and "curl" in block for kind, block in blocks), "a guide shows a request"
    answers = run([block for kind, block in blocks if kind == "sh"], deployment, tmp_path)
    number = -1
    for kind, block in blocks:
        if kind == "sh":
            number += 1
        elif kind == "json":
            compare(json.loads(block), json.loads(answers[number].strip().splitlines()[-1]), guide.stem)
        else:
            assert like(block.strip(), answers[number].strip()), (block, answers[number])


def run(blocks: list[str], deployment: Gatehouse, folder: Path) -> list[str]:
    """Run the blocks in one shell, as somebody would who types them; return what each printed."""
    marker = "--- end of a block ---"
    script = "".join(f"{block}\necho; echo '{marker}'\n" for block in blocks)
    variables = {
        **environment.of_process(deployment.environment),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", PRELUDE + script], cwd=folder, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout.split(marker)[:-1]


def compare(shown: object, got: object, where: str) -> None:
    """Fail unless the answer has all that the guide shows; `…` in a text stands for anything."""
    if isinstance(shown, dict):
        assert isinstance(got, dict), where
        assert shown.keys() <= got.keys(), (where, got)
        for name, value in shown.items():
            compare(value, got[name], f"{where}.{name}")
    elif isinstance(shown, list):
        assert isinstance(got, list), where
        assert len(shown) == len(got), (where, got)
        for number, (one, other) in enumerate(zip(shown, got, strict=True)):
            compare(one, other, f"{where}[{number}]")
    elif isinstance(shown, str) and ANYTHING in shown:
        assert like(shown, str(got)), (where, got)
    else:
        assert shown == got, (where, got)


def like(shown: str, got: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, shown.split(ANYTHING))), got, re.DOTALL) is not None
