"""`make run`, once everything is installed and built: the database ready, then server, worker and BFF until Ctrl-C."""

import io
import os
import secrets
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

import django
from django.core.management import CommandError, call_command

from idp.dev.process import Process, taken

ROOT = Path(__file__).resolve().parents[2]
SERVER, BROWSER_CLIENT = "http://localhost:8000", "http://localhost:3000"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMMANDS = {
    "server": ["manage.py", "runserver", "--noreload", "8000"],
    "worker": ["manage.py", "work"],
    "BFF": ["-m", "spa.bff"],
}
BFF_CLIENT = [
    "--client-id=bff",
    "--name=Gatehouse BFF",
    "--type=confidential",
    "--grant=authorization_code",
    "--grant=refresh_token",
    f"--redirect-uri={BROWSER_CLIENT}/bff/callback",
    f"--post-logout-redirect-uri={BROWSER_CLIENT}/",
    "--auth-method=client_secret_basic",
    "--id-token-alg=ES256",
    "--trusted",
]
SCOPES = [f"--scope={scope}" for scope in ("openid", "profile", "email", "roles", "offline_access")]
ACCOUNT = [f"--scope={scope}" for scope in ("account:read", "account:write")]
BFF_LOGOUT = f"--backchannel-logout-uri={BROWSER_CLIENT}/bff/backchannel-logout"


def main() -> None:
    """Run until a signal comes or one of the processes ends."""
    for url in (SERVER, BROWSER_CLIENT):
        port = int(url.rpartition(":")[2])
        if taken(port):
            sys.exit(f"make run: port {port} is taken; end what listens there and try again")
    for number in SIGNALS:
        signal.signal(number, _leave)
    os.environ.setdefault("BFF_CLIENT_SECRET", bff_client_secret(ROOT / ".env"))
    is_first_run = not (ROOT / "db.sqlite3").exists()
    processes: dict[str, Process] = {}
    try:
        if is_first_run:
            prepare()
        processes |= {name: _start(name) for name in ("server", "BFF")}
        if not is_first_run:
            prepare()  # while they start: it changes little or nothing
        processes["worker"] = _start("worker")
        _watch(processes)
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in processes.values():
            process.hang_up()
        for process in processes.values():
            process.stop()


def _start(name: str) -> Process:
    return Process([sys.executable, *COMMANDS[name]], cwd=ROOT)


def bff_client_secret(env_file: Path) -> str:
    """The secret of the client `bff` that `env_file` holds; a new one is added to it where there is none."""
    lines = env_file.read_text().splitlines() if env_file.exists() else []
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip() == "BFF_CLIENT_SECRET" and value.strip():
            return value.strip().strip("\"'")
    secret = secrets.token_urlsafe(32)
    env_file.touch(mode=0o600)
    with env_file.open("a") as file:
        file.write("\n" if lines and not env_file.read_text().endswith("\n") else "")
        file.write(f"BFF_CLIENT_SECRET={secret}\n")
    return secret


def prepare() -> None:
    """Migrate, and add the demo users and the two documented clients where they are missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    django.setup()
    try:
        for command in (["migrate", "-v0"], ["seed_demo_users"]):
            call_command(*command, stdout=io.StringIO())
        _register(["--client-id=spa"], [*SCOPES, *ACCOUNT], SCOPES)
        _register_bff()
    except CommandError as error:
        sys.exit(f"make run: {error}")


def _register(client: list[str], *options: list[str]) -> None:
    """Register a client by the first options; one of an older database, which has others of them, is left as it is."""
    *newer, oldest = options
    for each in newer:
        try:
            call_command("create_oauth_app", *client, *each, stdout=io.StringIO())
        except CommandError:
            continue
        return
    call_command("create_oauth_app", *client, *oldest, stdout=io.StringIO())


def _register_bff() -> None:
    """Register the BFF, or leave one of an older database as it is."""
    # in this process, so that no other sees the secret among our arguments
    bff_client = [*BFF_CLIENT, f"--secret={os.environ['BFF_CLIENT_SECRET']}"]
    _register(bff_client, [*SCOPES, *ACCOUNT, BFF_LOGOUT], [*SCOPES, BFF_LOGOUT], SCOPES)


def _watch(processes: dict[str, Process]) -> NoReturn:
    """Say when all of it is up, then wait for the first to end."""
    announced = False
    while True:
        for name, process in processes.items():
            if not process.running:
                sys.exit(f"make run: the {name} has ended")
        if not announced and _answers(f"{SERVER}/healthz") and _answers(BROWSER_CLIENT):
            announced = True
            print(
                f"\nGatehouse is up: open {BROWSER_CLIENT} and sign in as alice, password alicepass. Ctrl-C ends it.\n"
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - two constants of ours
            return True
    except (urllib.error.URLError, OSError):
        return False


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
