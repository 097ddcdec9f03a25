"""Guessing is slow from where it comes, and locks nobody out."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from idp.audit.models import AuditEvent
from idp.ratelimit.errors import Limited
from idp.ratelimit.limits import Rate
from idp.sessions.models import Session
from idp.signin import limits
from idp.signin.backends import PasswordBackend
from idp.users.hashers import Argon2idHasher

pytestmark = pytest.mark.django_db


def test_after_five_wrong_ones_the_account_has_to_wait_from_there(alice, type_in):
    assert [type_in("alice", "wrong").status_code for _ in range(5)] == [200] * 5
    response = type_in("alice", "alicepass", way_back="/somewhere/", at="/accounts/login/?next=/somewhere/")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    page = response.content.decode()
    assert "Too many attempts" in page
    assert 'href="/accounts/login/?next=/somewhere/"' in page
    assert not Session.objects.exists()


def test_nobody_is_locked_out_from_elsewhere(alice, type_in):
    for _ in range(6):
        type_in("alice", "wrong", address="198.51.100.7")
    assert type_in("alice", "alicepass", address="198.51.100.7").status_code == 429
    assert type_in("alice", "alicepass", address="203.0.113.9").status_code == 303


def test_one_home_has_one_network_of_ipv6(alice, type_in):
    for number in range(6):
        type_in("alice", "wrong", address=f"2001:db8:0:1::{number + 1}")
    assert type_in("alice", "alicepass", address="2001:db8:0:1:ffff::9").status_code == 429
    assert type_in("alice", "alicepass", address="2001:db8:0:2::9").status_code == 303


def test_how_the_name_is_written_makes_no_new_account(alice, type_in):
    for name in ("alice", "ALICE", " alice", "ａｌｉｃｅ", "Alice "):
        assert type_in(name, "wrong").status_code == 200
    assert type_in("aLiCe", "wrong").status_code == 429


def test_how_an_address_is_written_makes_no_new_account_known_or_not(alice, type_in):
    alice.email = "nick@example.com"
    alice.save()
    for name in ("nick@example.com", "nina@example.com"):
        for _ in range(5):
            assert type_in(name, "wrong").status_code == 200
        assert type_in(name.replace("i", "ı"), "wrong").status_code == 429


def test_the_backend_counts_whoever_calls_it(alice, client, request_of):
    backend = PasswordBackend()
    for _ in range(5):
        assert async_to_sync(backend.aauthenticate)(request_of(client), username="alice", password="wrong") is None
    with pytest.raises(Limited):
        backend.authenticate(request_of(client), username="alice", password="alicepass")


def test_a_passkey_that_is_none_tries_no_password(alice, client):
    fields = {"credential": "x", "login": "alice", "password": "wrong"}
    assert b"This passkey did not work here" in client.post("/accounts/login/", fields).content
    assert not AuditEvent.objects.filter(event="sign_in_failed").exists()


def test_an_unknown_name_is_limited_like_a_known_one(alice, type_in):
    for _ in range(5):
        type_in("nobody", "wrong")
    unknown = type_in("nobody", "wrong")
    for _ in range(5):
        type_in("alice", "wrong")
    known = type_in("alice", "wrong")
    assert unknown.status_code == known.status_code == 429
    assert unknown.content == known.content


def test_names_by_the_dozen_are_slowed_at_the_address(alice, type_in, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_IN_ADDRESS", replace(limits.SIGN_IN_ADDRESS, rate=Rate(3, 60), scales=False))
    assert [type_in(f"name{number}", "wrong").status_code for number in range(4)] == [200, 200, 200, 429]
    assert type_in("alice", "alicepass").status_code == 429
    assert type_in("alice", "alicepass", address="203.0.113.9").status_code == 303


def test_the_right_password_counts_for_nothing(alice, client, type_in):
    for _ in range(8):
        assert type_in("alice", "alicepass").status_code == 303
        client.post("/accounts/logout/")


def test_proving_it_again_is_limited_too(alice, client, type_in, request_of):
    from django.conf import settings
    from django.utils import timezone

    from idp.signin import reason

    type_in("alice", "alicepass")
    request = request_of(client)
    page = reason.leave(request, reason.SignInReason(way_back="/x/", since=timezone.now()))
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    answers = [client.post(page, {"password": "wrong", "next": "/x/"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


@pytest.mark.django_db(transaction=True)
def test_guesses_all_at_once_are_counted_before_they_are_tried(alice, monkeypatch):
    from django.db import connections
    from django.test import Client

    def guess(_number: int) -> int:
        try:
            return Client().post("/accounts/login/", {"login": "alice", "password": "wrong"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(guess, range(12)))
    assert answers == [200] * 5 + [429] * 7


def work_of(act) -> tuple[list[str], int]:
    """The statements and the number of password hashes that something costs."""
    hashes = 0
    original = Argon2idHasher.encode, Argon2idHasher.verify

    def counting(method):
        def count(self, *arguments):
            nonlocal hashes
            hashes += 1
            return method(self, *arguments)

        return count

    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(Argon2idHasher, "encode", counting(original[0]))
        patch.setattr(Argon2idHasher, "verify", counting(original[1]))
        act()
    return [re.sub(r"'[^']*'(::uuid)?|\d+|NULL", "?", query["sql"]) for query in queries], hashes


def test_T40_a_wrong_password_and_an_unknown_name_are_the_same_work(alice, gone, type_in):
    type_in("warm", "up")
    wrong = work_of(lambda: type_in("alice", "wrong"))
    assert wrong[1] == 1
    for name, password in (("nobody", "wrong"), ("gone", "wrong"), ("gone", "gonepass"), ("no@example.com", "x")):
        assert work_of(lambda name=name, password=password: type_in(name, password)) == wrong, name
