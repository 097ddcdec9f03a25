"""The device to try out: somebody lets it in, or doesn't."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.http_flow import Deployment, Person, csrf
from tests.stack.gatehouse import ROOT

pytestmark = pytest.mark.full  # long


@pytest.fixture(scope="module")
def deployment(start_gatehouse) -> Iterator[Deployment]:
    with Deployment(start_gatehouse(settings={"DEVICE_POLL_SECONDS": "1"})) as deployment:
        deployment.gatehouse.manage(
            "create_oauth_app", "--client-id=tv", "--grant=device_code", "--grant=refresh_token"
        )
        yield deployment


def device(deployment: Deployment, **options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "idp.dev.device", f"--issuer={deployment.gatehouse.issuer}"]
    command += [f"--{name}={value}" for name, value in options.items()]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=ROOT, env=deployment.gatehouse.environment, stdout=pipe, stderr=pipe, text=True
    )


def shown(process: "subprocess.Popen[str]") -> str:
    """What it shows until it waits."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Waiting" in line:
            break
    return "".join(lines)


def decide(person: Person, screen: str, decision: str) -> None:
    """Scan the code and press a button."""
    code = re.search(r"^ +([B-Z]{4}-[B-Z]{4})$", screen, re.MULTILINE)
    assert code, screen
    page = person.browser.get(f"/o/device/?user_code={code[1]}", follow_redirects=True)
    assert code[1] in page.text
    form = {"user_code": code[1], "decision": decision, "csrfmiddlewaretoken": csrf(page)}
    answer = person.browser.post("/o/device/", data=form, headers={"Referer": str(page.url)})
    assert answer.headers["Location"] == "/o/device/done/"


@pytest.mark.parametrize(("decision", "status", "said"), [("allow", 0, "Hello, alice."), ("deny", 1, "denied")])
def test_it_shows_its_code_and_says_how_it_went(deployment, decision, status, said):
    process = device(deployment)
    screen = shown(process)
    assert f"go to {deployment.gatehouse.issuer}/o/device/ and type" in screen
    assert screen.count("█") > 100, "a QR code"
    decide(deployment.person().sign_in(), screen, decision)
    out, err = process.communicate(timeout=30)
    assert said in out + err
    assert process.returncode == status


def test_a_device_that_is_not_registered_is_told(deployment):
    process = device(deployment, **{"client-id": "unknown"})
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "Client authentication failed." in err
