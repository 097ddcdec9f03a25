"""Every entry does the same for a name or an address that is known, unknown, or switched off (ASVS 5 V6.3.8)."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.outbox.models import OutboxMessage
from idp.users.hashers import Argon2idHasher
from oauth_ext import metadata

pytestmark = pytest.mark.django_db
NEW = "seven brown owls on a tin roof"


class Seen(NamedTuple):
    """What can be told from outside, and what it cost."""

    status: int
    words: str
    statements: list[str]
    hashes: int
    messages: int


@pytest.fixture(autouse=True)
def may_sign_up(settings):
    settings.SIGN_UP = True
    metadata.authorization_server.cache_clear()
    yield
    metadata.authorization_server.cache_clear()


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """Grows by each password that is hashed."""
    counted: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2idHasher, name)

        def counting(self, *arguments, real=real, name=name):
            counted.append(name)
            return real(self, *arguments)

        monkeypatch.setattr(Argon2idHasher, name, counting)
    return counted


def sign_in(browser: Client, email: str, number: int):
    return browser.post("/accounts/login/", {"login": email, "password": "wrong"})


def sign_up(browser: Client, email: str, number: int):
    fields = {"username": f"name{number}", "email": email, "password1": NEW}
    return browser.post("/accounts/signup/", fields)


def sign_up_by_passkey(browser: Client, email: str, number: int):
    fields = {"username": f"name{number}", "email": email, "password1": "", "passkey": "1"}
    return browser.post("/accounts/signup/", fields)


def prove(browser: Client, email: str, number: int):
    return browser.post("/accounts/verify-email/", {"code": "BCDF-GHJK"})


def prove_for_passkey(browser: Client, email: str, number: int):
    return prove(browser, email, number)


def reset(browser: Client, email: str, number: int):
    return browser.post("/accounts/password/reset/", {"email": email})


BEFORE = {prove: sign_up, prove_for_passkey: sign_up_by_passkey}
# passwords hashed, and messages for the worker
COSTS = {
    sign_in: (1, 0),
    sign_up: (1, 1),
    sign_up_by_passkey: (0, 1),
    prove: (0, 0),
    prove_for_passkey: (0, 0),
    reset: (0, 1),
}


def seen(act: Callable[..., Any], email: str, number: int, hashes: list[str]) -> Seen:
    browser = Client()
    if act in BEFORE:
        BEFORE[act](browser, email, number)
    hashes.clear()
    messages = OutboxMessage.objects.count()
    with CaptureQueriesContext(connection) as queries:
        answer = act(browser, email, number)
    shown = browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer
    words = re.sub(r'[a-z]+@example\.com|value="[^"]*"', "?", shown.text) + answer.headers.get("Location", "")
    statements = [re.sub(r"'[^']*'(::\w+)?|\d+|NULL", "?", query["sql"]) for query in queries]
    return Seen(answer.status_code, words, statements, len(hashes), OutboxMessage.objects.count() - messages)


@pytest.mark.parametrize("act", COSTS)
def test_T71_known_unknown_and_switched_off_look_and_cost_the_same(alice, gone, late, hashes, act):
    seen(act, "warm@example.com", 0, hashes)  # what a process does once
    strange = seen(act, "nobody@example.com", 1, hashes)
    assert (strange.hashes, strange.messages) == COSTS[act]
    assert seen(act, "alice@example.com", 2, hashes) == strange
    assert seen(act, "gone@example.com", 3, hashes) == strange
    assert seen(act, "late@example.com", 4, hashes) == strange


@pytest.mark.parametrize("act", [sign_in, sign_up, sign_up_by_passkey, reset])
def test_T71_they_are_limited_alike(alice, gone, act):
    def answers(email: str, first: int) -> list[int]:
        return [act(Client(REMOTE_ADDR=f"192.0.2.{first}"), email, first + number).status_code for number in range(7)]

    strange = answers("nobody@example.com", 10)
    assert 429 in strange
    assert answers("alice@example.com", 20) == answers("gone@example.com", 30) == strange
