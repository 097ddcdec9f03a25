"""Secrets are referred to, never written; what is in force is known by its hash."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from oauth_ext.clients.models import ClientSecret
from oauth_ext.configuration import services
from tests.oauth_ext.configuration.calling import HERE, MACHINE, apply, plan, refusals
from tests.oauth_ext.token_endpoint import basic, post

pytestmark = pytest.mark.django_db

FILE = f"clients: {{machine: {MACHINE}}}"


def is_known(secret: str) -> bool:
    answer = post("/o/token/", authorization=basic("machine", secret), grant_type="client_credentials")
    return answer.status == 200


def referring(reference: str) -> str:
    return FILE.replace("{env: SECRET}", reference)


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("hunter2", "clients[machine].secret"),
        ("", "clients[machine].secret"),
        ("[hunter2]", "clients[machine].secret"),
        ("{}", "clients[machine].secret"),
        ("{env: SECRET, file: hunter2}", "clients[machine].secret"),
        ("{env: hunter2}", "clients[machine].secret.env"),
        ("{env: ''}", "clients[machine].secret.env"),
        ("{env: a=hunter2}", "clients[machine].secret.env"),
        ("{file: hunter2}", "clients[machine].secret.file"),
        ("{file: .}", "clients[machine].secret.file"),
        ("{env: [hunter2]}", "clients[machine].secret.env"),
    ],
)
def test_a_literal_secret_is_refused_by_name_and_not_repeated(reference, path, monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    said = refusals(referring(reference))
    assert path in said
    assert "hunter2" not in str(said)


@pytest.mark.parametrize("name", ["client_secret", "secrets"])
def test_under_another_name_too(name, monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    said = refusals(FILE.replace("secret:", f"{name}: hunter2, secret:"))
    assert list(said) == [f"clients[machine].{name}"]
    assert "hunter2" not in str(said)


@pytest.mark.parametrize("content", [b"", b"\n", b"a\x00b", b"a\nb", b"\xff", b"x" * 5000])
def test_what_is_no_secret_is_refused(content, tmp_path):
    (tmp_path / "secret").write_bytes(content)
    assert list(refusals(referring("{file: secret}"), folder=tmp_path)) == ["clients[machine].secret.file"]


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert list(refusals(referring("{file: pipe}"), folder=tmp_path)) == ["clients[machine].secret.file"]


def test_a_new_client_needs_one_and_who_has_none_gets_none(monkeypatch):
    monkeypatch.setenv("SECRET", "the first of two secrets")
    without = FILE.replace(", secret: {env: SECRET}", "")
    assert list(refusals(without)) == ["clients[machine].secret"]
    public = "clients: {app: {redirect_uris: [https://a.example], secret: {env: SECRET}}}"
    assert list(refusals(public)) == ["clients[app].secret"]
    apply(FILE)
    assert plan(without) == []


def test_from_the_environment_and_from_a_file_beside_the_configuration(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET", "the first of two secrets")
    apply(FILE)
    assert is_known("the first of two secrets")
    (tmp_path / "secret").write_text("the second of two secrets\n")
    apply(referring("{file: secret}"), folder=tmp_path)
    assert is_known("the second of two secrets")
    assert plan(referring(f"{{file: {tmp_path / 'secret'}}}")) == []


def test_the_same_again_changes_nothing_and_another_lives_beside_the_one_before_for_a_day(monkeypatch):
    monkeypatch.setenv("SECRET", "the first of two secrets")
    apply(FILE)
    rows = list(ClientSecret.objects.values())
    assert plan(FILE) == apply(FILE) == []
    assert list(ClientSecret.objects.values()) == rows
    monkeypatch.setenv("SECRET", "the second of two secrets")
    line = "~ clients[machine]: it gets another secret; the one before works for a day"
    assert plan(FILE) == apply(FILE) == [line]
    assert apply(FILE) == []
    assert is_known("the first of two secrets")
    assert is_known("the second of two secrets")
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert not is_known("the first of two secrets")
        assert is_known("the second of two secrets")


def test_who_authenticates_otherwise_has_no_secret_left(monkeypatch):
    monkeypatch.setenv("SECRET", "the first of two secrets")
    apply(FILE)
    apply("clients: {machine: {redirect_uris: [https://machine.example]}}")
    assert not ClientSecret.objects.exists()
    assert list(refusals(FILE.replace(", secret: {env: SECRET}", ""))) == ["clients[machine].secret"]


def test_no_secret_is_shown_exported_or_logged(monkeypatch, capfd, caplog):
    caplog.set_level(0)
    monkeypatch.setenv("SECRET", "the-first-of-two-secrets")
    said = [*plan(FILE), *apply(FILE)]
    monkeypatch.setenv("SECRET", "the-second-of-two-secrets")
    said += [*plan(FILE), *apply(FILE), services.export(), caplog.text, *capfd.readouterr()]
    assert "of-two-secrets" not in "".join(said)
    digests = ClientSecret.objects.values_list("digest", flat=True)
    assert not any(digest in services.export() for digest in digests)
    assert services.plan(services.export().encode(), HERE) == []
