"""`make run` keeps the BFF's secret, and what it starts ends with it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from idp.dev.process import Process, StartError, free_port, taken
from idp.dev.run import bff_client_secret
from tests.stack.gatehouse import ROOT

SERVE = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
STARTER = """
import signal, sys, time
from idp.dev.process import Process
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have it ignored
Process(sys.argv[1:])
time.sleep(60)
"""


def test_a_secret_is_added_once_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("DEBUG=true")
    secret = bff_client_secret(env_file)
    assert len(secret) >= 32
    assert env_file.read_text() == f"DEBUG=true\nBFF_CLIENT_SECRET={secret}\n"
    assert bff_client_secret(env_file) == secret
    assert env_file.read_text().count("BFF_CLIENT_SECRET") == 1


def test_a_new_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    bff_client_secret(env_file)
    assert env_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("line", ["BFF_CLIENT_SECRET=kept", "BFF_CLIENT_SECRET = 'kept'", 'BFF_CLIENT_SECRET="kept"'])
def test_a_secret_that_stands_there_is_kept(tmp_path: Path, line: str) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"{line}\n")
    assert bff_client_secret(env_file) == "kept"
    assert env_file.read_text() == f"{line}\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_process_ends_with_its_starter(number: signal.Signals) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, *SERVE, str(port)], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as starter:
        _wait(lambda: taken(port))
        starter.send_signal(number)
    _wait(lambda: not taken(port))
    assert not taken(port)


def test_a_process_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    process = Process([sys.executable, "-c", "raise SystemExit('no such luck')"], log=tmp_path / "log")
    with pytest.raises(StartError, match="no such luck"):
        process.wait_until(lambda: False)
    assert not process.running


def _wait(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)
