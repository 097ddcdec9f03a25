"""Name and password: who gets in, where they land, and what a stranger learns."""

from collections import Counter

import pytest
from django.conf import settings
from django.test import Client

from idp.sessions.models import Session
from idp.signin import reason
from idp.signin.reason import SignInReason
from idp.users import services as users
from tests.wire import overheard

pytestmark = pytest.mark.django_db

MISMATCH = "This name and password do not go together."


@pytest.mark.parametrize(
    "name", ["alice", "ALICE", " alice ", "ａｌｉｃｅ", "alice@example.com", "Alice@Example.COM", " alice@example.com"]
)
def test_by_name_or_address_however_it_is_written(alice, type_in, name):
    response = type_in(name, "alicepass")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    session = Session.objects.get()
    assert (session.user, session.amr, session.acr) == (alice, ["pwd"], "aal1")
    assert b"Hello, alice" in response.client.get("/").content


def test_wrong_unknown_and_switched_off_look_the_same(alice, gone, type_in):
    tries = [("alice", "wrong"), ("nobody", "alicepass"), ("gone", "gonepass"), ("gone", "wrong"), ("", "")]
    answers = [type_in(name, password) for name, password in tries[:4]]
    assert {answer.status_code for answer in answers} == {200}
    pages = {answer.content.decode().split("<form")[0] for answer in answers}
    assert len(pages) == 1
    assert MISMATCH in pages.pop()
    assert not Session.objects.exists()


@pytest.mark.parametrize("headers", [{"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, {"HTTP_ACCEPT": "application/json"}])
def test_no_answer_repeats_the_password(client, alice, headers):
    answer = client.post("/accounts/login/", {"login": "alice", "password": "nearly-right"}, **headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "nearly-right" not in answer.text


def test_what_is_missing_is_said_at_its_field(type_in):
    page = type_in("", "").content.decode()
    assert 'aria-describedby="id_login_error"' in page
    assert '<p class="error" id="id_login_error">Type your username or e-mail address.</p>' in page
    assert '<p class="error" id="id_password_error">Type your password.</p>' in page
    assert '<a href="#id_login">' in page


def test_a_password_is_never_written_back(alice, type_in):
    assert b"a-wrong-password" not in type_in("alice", "a-wrong-password").content


@pytest.mark.parametrize("bad", ["a\0lice", "a" * 400, "\ud7ff\r\n", "%00", "' OR 1=1 --"])
def test_odd_names_are_wrong_names(alice, type_in, bad):
    assert type_in(bad, "alicepass").status_code == 200
    assert type_in("alice", bad).status_code == 200
    assert not Session.objects.exists()


def test_a_shared_address_is_nobodys_name(alice, type_in):
    users.create_user("alias", "alicepass", email="ALICE@example.com")
    assert type_in("alice@example.com", "alicepass").status_code == 200
    assert type_in("alias", "alicepass").status_code == 303


def test_a_username_that_is_someone_elses_address_is_a_username(alice, type_in):
    thief = users.create_user("alice@example.com", "thiefpass")
    assert type_in("alice@example.com", "alicepass").status_code == 200
    assert type_in("alice@example.com", "thiefpass").status_code == 303
    assert Session.objects.get().user == thief


def test_next_brings_back(alice, type_in):
    assert type_in("alice", "alicepass", way_back="/o/authorize/?id=x").headers["Location"] == "/o/authorize/?id=x"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http:evil.example",
        "/\t/evil.example",
        "https://testserver/",
        "\x00/",
    ],
)
def test_a_next_that_was_tampered_with_is_ignored(alice, client, type_in, path):
    page = client.get("/accounts/login/", {"next": path})
    assert page.status_code == 200
    assert b'name="next"' not in page.content
    assert type_in("alice", "alicepass", way_back=path).headers["Location"] == "/"
    assert client.get("/accounts/login/", {"next": path}).headers["Location"] == "/"


def test_T53_signing_in_leaves_a_fixed_cookie_behind(alice, client, request_of, type_in):
    request = request_of(client)
    reason.leave(request, SignInReason(way_back="/o/authorize/?id=x", client_name="Orders"))
    request.session.save()
    fixed = request.session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = fixed
    type_in("alice", "alicepass", way_back="/o/authorize/?id=x")
    renewed = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert renewed != fixed
    assert len(renewed) >= 26  # of 36 letters and digits: more than 128 bits
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = fixed
    assert b"You are not signed in" in attacker.get("/").content


def test_signing_out_takes_a_form_and_ends_the_row(alice, client, type_in):
    type_in("alice", "alicepass")
    assert client.get("/accounts/logout/").status_code == 200
    assert Session.objects.get().ended_at is None
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    response = client.post("/accounts/logout/")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert Session.objects.get().ended_at is not None
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert b"You are not signed in" in client.get("/").content


def test_T53_signed_in_as_another_nothing_of_the_first_is_left(alice, boss, client, type_in):
    type_in("alice", "alicepass")
    client.post("/accounts/logout/")
    type_in("boss", "bosspass")
    assert [session.user.username for session in Session.objects.filter(ended_at=None)] == ["boss"]


@pytest.mark.parametrize("path", ["signup/", "email/", "password/set/", "confirm-email/", "inactive/", "3rdparty/"])
def test_allauths_other_pages_are_not_there(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_an_old_hash_is_upgraded_at_sign_in(alice, type_in):
    from django.contrib.auth.hashers import make_password

    alice.password = make_password("alicepass", hasher="pbkdf2_sha256")
    alice.save()
    assert type_in("alice", "alicepass").status_code == 303
    alice.refresh_from_db()
    assert alice.password.startswith("argon2$argon2id$")
    assert alice.epoch == 0


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_database_no_more_than_it_must(alice):
    """By a browser that is known. Of the SELECTs the last writes the session and its line in the trail."""
    browser = Client()
    for _ in range(3):
        browser.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        with overheard() as said:
            answer = browser.post("/accounts/login/", {"login": "alice", "password": "alicepass"})
        assert answer.status_code == 303
    commands = Counter(said.commands())
    assert (commands, said.commits(), said.waits()) == (
        {"SELECT": 3, "BEGIN": 1, "UPDATE": 1, "COMMIT": 1, "INSERT": 1},
        2,
        7,
    )
