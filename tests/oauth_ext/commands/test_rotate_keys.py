"""`manage.py rotate_keys`: says what it did, and does nothing by accident."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from oauth_ext.keys import ring, times
from oauth_ext.keys.models import SigningAlgorithm, SigningKey
from tests.oauth_ext.keys.clock import let_pass

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_ring():
    yield
    ring.forget()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    before = list(SigningKey.objects.order_by("pk").values())
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert list(SigningKey.objects.order_by("pk").values()) == before
    return str(caught.value)


def kid(state: str) -> str:
    return SigningKey.objects.get(algorithm="ES256", state=state).kid


def test_it_does_what_is_due_and_then_nothing():
    said = run()
    assert said.count("is published, and signs next") == len(SigningAlgorithm)
    assert f"ES256 {kid('next')} is published" in said
    assert run() == "Nothing is due\n"


def test_it_answers_in_json():
    changed = json.loads(run("--algorithm=ES256", "--json"))
    assert changed == {"changed": [{"algorithm": "ES256", "kid": kid("next"), "state": "next"}]}
    assert json.loads(run("--algorithm=ES256", "--json")) == {"changed": []}


def test_at_once_is_refused_while_clients_may_not_know_the_next_key():
    run()
    assert "clients may not know the next key yet: ES256 not before" in refusal("--now", "--algorithm=ES256")
    let_pass(times.publication())
    old, new = kid("active"), kid("next")
    said = run("--now", "--algorithm=ES256")
    assert f"ES256 {old} signs no more" in said
    assert f"ES256 {new} signs from now on" in said
    assert "RS256" not in said


def test_at_once_by_force():
    run()
    new = kid("next")
    run("--now", "--force")
    assert kid("active") == new


def test_a_compromised_key_is_named_and_followed():
    run()
    lost, new = kid("active"), kid("next")
    said = run(f"--compromised={lost}")
    assert f"ES256 {lost} is trusted no more" in said
    assert kid("active") == new


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--compromised=nobody",), "no such key"),
        (("--force",), "only with --now"),
        (("--now", "--compromised=x"), "not allowed with"),
        (("--algorithm=HS256",), "invalid choice"),
        (("--algorithm=ES256", "--compromised=x"), "a key says its algorithm itself"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, word):
    assert word in refusal(*arguments)
