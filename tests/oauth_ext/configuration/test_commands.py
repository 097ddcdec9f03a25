"""The commands: what they print, and how they end."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_client
from tests.stack import environment
from tests.stack.gatehouse import ROOT, template
from tests.stack.postgres import Postgres

CLERK = "roles: {clerk: {scopes: [users:read]}}"


def run(*arguments: str, **options) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.full
def test_exit_statuses_of_real_processes(postgres_server: Postgres):
    url = postgres_server.create("gatehouse_apply", template=template(postgres_server))

    def ends(text: str, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", "apply", *arguments],
            cwd=ROOT,
            env=environment.of_process({"DATABASE_URL": url}),
            input=text,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]

    try:
        assert ends(CLERK, "-", "--plan") == (2, "1 to create, 0 to change, 0 to remove")
        assert ends("", "--plan")[0] == 1, "not argparse's 2, which would say that there is a difference"
        assert ends(CLERK, "-") == (0, "1 created, 0 changed, 0 removed")
    finally:
        postgres_server.drop("gatehouse_apply")


def test_no_file_is_an_error_in_one_line(tmp_path: Path):
    for file in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(CommandError) as caught:
            run("apply", str(file))
        assert caught.value.returncode == 1
        assert str(file) in str(caught.value)


@pytest.mark.django_db
def test_a_file_is_exported_planned_and_applied(tmp_path: Path):
    make_client()
    file = tmp_path / "gatehouse.yaml"
    file.write_text(run("export"))
    assert run("apply", str(file), "--plan", "--prune") == "Nothing to do\n"
    file.write_text(
        f"{file.read_text()}\n# the same, and one more\n".replace("roles:\n", "roles:\n  clerk: {scopes: []}\n", 1)
    )
    with pytest.raises(SystemExit) as caught:
        run("apply", str(file), "--plan")
    assert caught.value.code == 2
    assert run("apply", str(file), verbosity=0) == ""
    assert run("apply", str(file)) == "Nothing to do\n"


@pytest.mark.django_db
def test_all_that_is_wrong_is_one_error(tmp_path: Path):
    file = tmp_path / "gatehouse.yaml"
    file.write_text("users: {}\nroles: {clerk: {}}")
    with pytest.raises(CommandError) as caught:
        run("apply", str(file))
    assert caught.value.returncode == 1
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == ["users", "roles[clerk].scopes"]
