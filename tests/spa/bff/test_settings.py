"""What the backend is told from outside."""

import subprocess
import sys
from pathlib import Path

import pytest

from idp import env
from spa.bff.settings import Settings, load
from tests.stack import environment
from tests.stack.gatehouse import ROOT


def start(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {**environment.of_process({}), "BFF_CLIENT_SECRET": "secret-for-a-test", **changes}
    return subprocess.run(
        [sys.executable, "-c", "import spa.bff.app"], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_the_reference_states_the_defaults_that_hold() -> None:
    documented = {
        "public_url": env.BFF_PUBLIC_URL.default,
        "client_id": env.BFF_CLIENT_ID.default,
        "spa_client_id": env.SPA_CLIENT_ID.default,
        "session_idle": env.BFF_SESSION_IDLE_SECONDS.default,
        "session_max_age": env.BFF_SESSION_MAX_AGE_SECONDS.default,
        "auth_server_url": env.ISSUER_URL.default,
    }
    ours = Settings(client_secret="")
    assert {name: str(getattr(ours, name)) for name in documented} == documented


def test_it_starts_with_the_documented_defaults() -> None:
    assert start({}).returncode == 0


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.setenv("BFF_CLIENT_SECRET", "secret-for-a-test")
    for name in ("BFF_CLIENT_ID", "SPA_CLIENT_ID", "BFF_SESSION_IDLE_SECONDS", "BFF_SESSION_MAX_AGE_SECONDS"):
        monkeypatch.setenv(name, "")
    assert load() == Settings(client_secret="secret-for-a-test")


def test_the_file_is_the_one_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.env"
    file.write_text("BFF_SESSION_IDLE_SECONDS=soon\n")
    assert "BFF_SESSION_IDLE_SECONDS" in start({"ENV_FILE": str(file)}).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BFF_CLIENT_SECRET", ""),
        ("BFF_PUBLIC_URL", "http://app.example"),
        ("BFF_PUBLIC_URL", "https://app.example/path"),
        ("AUTH_SERVER_URL", "localhost:8000"),
        ("AUTH_SERVER_URL", "http://id.example"),
        ("AUTH_SERVER_URL", "https://user@id.example"),
        ("AUTH_SERVER_URL", "https://id.example:port"),
        ("BFF_SESSION_IDLE_SECONDS", "soon"),
        ("BFF_SESSION_MAX_AGE_SECONDS", "0"),
    ],
)
def test_a_setting_that_does_not_fit_stops_the_start_with_one_line(name: str, value: str) -> None:
    done = start({name: value})
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert name in done.stderr
    assert "secret-for-a-test" not in done.stderr
