"""A start is refused in one line, or it is safe."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from idp import env
from idp.reference import env_example

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "ISSUER_URL": "https://id.example.org",
    "SECRET_KEY": "not the one that everybody can read in idp/env.py",
    "ENCRYPTION_KEYS": KEY,
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in env.SETTINGS:
        # set first, so that what a file brings in is taken out again
        monkeypatch.setenv(setting.name, "")
        monkeypatch.delenv(setting.name)
    monkeypatch.setenv("ENV_FILE", "")


def start(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    env.load()


def test_a_start_with_nothing_set_is_a_development_start(monkeypatch):
    start(monkeypatch, {})
    assert env.DEBUG.value
    assert env.ALLOWED_HOSTS.value == ["localhost", "127.0.0.1", "[::1]"]


def test_a_production_start_with_all_that_is_needed(monkeypatch):
    start(monkeypatch, PRODUCTION)
    assert not env.DEBUG.value
    assert env.ALLOWED_HOSTS.value == ["id.example.org"]
    assert env.CORS_ALLOWED_ORIGINS.value == []


MALFORMED = [
    ("DEBUG", "maybe"),
    ("ISSUER_URL", "localhost:8000"),
    ("ISSUER_URL", "http://localhost:8000/"),
    ("ISSUER_URL", "https://id.example.org/path"),
    ("ISSUER_URL", "https://ID.example.org"),
    ("ISSUER_URL", "https://user@id.example.org"),
    ("ISSUER_URL", "https://id.example.org?x"),
    ("ISSUER_URL", "https://id.example.org:99999"),
    ("ISSUER_URL", "ftp://id.example.org"),
    ("ENCRYPTION_KEYS", "not base64!"),
    ("ENCRYPTION_KEYS", base64.b64encode(b"too short").decode()),
    ("ENCRYPTION_KEYS", f"{KEY},{KEY}"),
    ("ENCRYPTION_KEYS", ","),
    ("DATABASE_URL", "mysql://host/name"),
    ("DATABASE_URL", "postgres://host"),
    ("DATABASE_URL", "nonsense"),
    ("REDIS_URL", "http://host"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "yes"),
    ("ACCESS_TOKEN_EXPIRE_SECONDS", "0"),
    ("ACCESS_TOKEN_EXPIRE_SECONDS", "ten"),
    ("ACCESS_TOKEN_EXPIRE_SECONDS", "6e2"),
    ("ACCESS_TOKEN_EXPIRE_SECONDS", "99999999999999999999"),
    ("AUTHORIZATION_CODE_EXPIRE_SECONDS", "601"),
    ("CORS_ALLOWED_ORIGINS", "*"),
    ("CORS_ALLOWED_ORIGINS", "http://localhost:3000/"),
    ("EMAIL_URL", "pigeon://loft"),
    ("EMAIL_URL", "smtp://"),
    ("EXTRA_SCOPES", "books:read"),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_a_malformed_value_is_refused_by_name_and_not_quoted(monkeypatch, name, value):
    with pytest.raises(SystemExit) as refused:
        start(monkeypatch, {name: value})
    line = str(refused.value)
    assert line.startswith(f"Gatehouse does not start. {name}: ")
    assert "\n" not in line
    if name == "ENCRYPTION_KEYS" and len(value) > 1:
        assert value not in line


UNSAFE = [
    ("SECRET_KEY", ""),
    ("SECRET_KEY", env.SECRET_KEY.default),
    ("SECRET_KEY", "short"),
    ("ENCRYPTION_KEYS", ""),
    ("ENCRYPTION_KEYS", env.ENCRYPTION_KEYS.default),
    ("EMAIL_URL", ""),
    ("EMAIL_URL", "consolemail://"),
    ("ISSUER_URL", "http://id.example.org"),
    ("ALLOWED_HOSTS", "*"),
    ("CORS_ALLOWED_ORIGINS", "http://app.example.org"),
    ("DEBUG", "true"),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_a_production_start_is_refused_what_is_unsafe_or_missing(monkeypatch, name, value):
    with pytest.raises(SystemExit) as refused:
        start(monkeypatch, {**PRODUCTION, name: value})
    assert str(refused.value).startswith(f"Gatehouse does not start. {name}: ")


def test_an_old_development_key_in_the_list_is_refused_too(monkeypatch):
    with pytest.raises(SystemExit, match="ENCRYPTION_KEYS"):
        start(monkeypatch, {**PRODUCTION, "ENCRYPTION_KEYS": f"{KEY},{env.ENCRYPTION_KEYS.default}"})


def test_in_debug_only_loopback_hosts_are_served(monkeypatch):
    with pytest.raises(SystemExit, match="ALLOWED_HOSTS"):
        start(monkeypatch, {"ALLOWED_HOSTS": "localhost,id.example.org"})


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / "env"
    file.write_text("ISSUER_URL=http://localhost:9000\nID_TOKEN_EXPIRE_SECONDS=60\nREDIS_URL=\n")
    start(monkeypatch, {"ENV_FILE": str(file), "ID_TOKEN_EXPIRE_SECONDS": "90"})
    assert env.ISSUER_URL.value == "http://localhost:9000"
    assert env.ID_TOKEN_EXPIRE_SECONDS.value == 90
    assert env.REDIS_URL.value == ""


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-c", "import idp.wsgi"]])
def test_one_line_and_no_traceback_from_either_door(command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "ID_TOKEN_EXPIRE_SECONDS": "soon"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "Gatehouse does not start. ID_TOKEN_EXPIRE_SECONDS: not a whole number from 30 to 3600\n"


def test_the_reference_is_fresh_and_complete():
    call_command("settings_reference", "--check")
    example = env_example(env.SETTINGS)
    assert [line.partition("=")[0] for line in example.splitlines() if line and line[0] != "#"] == [
        setting.name for setting in env.SETTINGS
    ]


def test_the_example_file_starts_as_it_is(monkeypatch):
    start(monkeypatch, {"ENV_FILE": str(ROOT / ".env.example")})
    assert env.DEBUG.value
