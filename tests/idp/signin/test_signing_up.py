"""A new account by oneself, where `SIGN_UP` is on: what it makes, what it tells, and what it can't be used for."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as configured
from django.contrib.sessions.models import Session as StoredSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.ratelimit.limits import Rate
from idp.sessions.models import Session
from idp.signin import limits
from idp.users import services as users
from idp.users.models import User
from oauth_ext import metadata
from tests.factories import PASSWORD, authorization_parameters, make_client, make_user, pkce
from tests.factories import sign_in as signed_in

pytestmark = pytest.mark.django_db
PAGE = "/accounts/signup/"
VERIFY = "/accounts/verify-email/"


@pytest.fixture(autouse=True)
def may_sign_up(settings):
    settings.SIGN_UP = True
    metadata.authorization_server.cache_clear()
    yield
    metadata.authorization_server.cache_clear()


def typed(browser: Client, username="carol", email="carol@example.com", password=PASSWORD, *, at=PAGE, **more: str):
    """The answer to the form."""
    return browser.post(at, {"username": username, "email": email, "password1": password} | more)


def code_for(email: str) -> str:
    """The code in the newest mail to an address."""
    while outbox.run_once():
        pass
    texts = [str(message.body) for message in mail.outbox if message.to == [email]]
    found = re.search(r"^[B-Z]{4}-[B-Z]{4}$", texts[-1], re.MULTILINE)
    assert found, texts[-1]
    return found[0]


def sign_up(browser: Client, username="carol", email="carol@example.com", password=PASSWORD, *, at=PAGE, **more: str):
    """The answer to the code, after the form."""
    answer = typed(browser, username, email, password, at=at, **more)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(VERIFY)
    assert not User.objects.filter(username=username).exists()
    return browser.post(answer.headers["Location"], {"code": code_for(email)} | more)


@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nobody_may_there_is_no_page(client, settings, method):
    settings.SIGN_UP = False
    assert getattr(client, method)(PAGE).status_code == 404
    assert typed(client).status_code == 404
    assert getattr(client, method)(VERIFY).status_code == 404
    assert not User.objects.exists()
    assert "signup" not in client.get("/accounts/login/").text


def test_a_new_person_is_signed_in_as_a_user(client):
    response = sign_up(client)
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    user = User.objects.get()
    assert (user.username, user.role.name, user.is_staff, user.is_superuser) == ("carol", "user", False, False)
    assert user.password.startswith("argon2$")
    session = Session.objects.get()
    assert (session.user, session.acr, session.amr) == (user, "aal1", ["pwd"])
    assert "Hello, carol" in client.get("/").text


def test_T53_it_leaves_a_fixed_cookie_behind(client):
    client.get(PAGE)
    client.cookies[configured.SESSION_COOKIE_NAME] = "f" * 32
    sign_up(client)
    assert client.cookies[configured.SESSION_COOKIE_NAME].value != "f" * 32


def test_T74_the_address_is_proved_and_the_accounts_own(client):
    sign_up(client, email="Carol@Example.com".lower())
    carol = User.objects.get()
    assert carol.email == "carol@example.com"
    kept = EmailAddress.objects.get()
    assert (kept.user, kept.email, kept.verified, kept.primary) == (carol, "carol@example.com", True, True)
    assert Client().post("/accounts/login/", {"login": "carol@example.com", "password": PASSWORD}).status_code == 303


def test_T74_before_the_code_nothing_is_in_the_database(client):
    typed(client)
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    kept = " ".join(
        [
            *OutboxMessage.objects.values_list("payload", flat=True),
            *StoredSession.objects.values_list("session_data", flat=True),
        ]
    )
    assert not [word for word in ("carol", PASSWORD, "argon2") if word in kept]


def test_T74_a_wrong_code_makes_nothing_and_the_right_one_is_good_once(client):
    typed(client)
    code = code_for("carol@example.com")
    for wrong in ("", "BCDF-GHJK", "\0", "x" * 65, code[:-1]):
        page = client.post(VERIFY, {"code": wrong})
        assert (page.status_code, 'id="id_code_error"' in page.text) == (200, True)
    assert not User.objects.exists()
    assert client.post(VERIFY, {"code": code.lower().replace("-", " ")}).status_code == 303
    client.post("/accounts/logout/")
    again = client.post(VERIFY, {"code": code})
    assert again.headers["Location"].startswith(PAGE)
    assert User.objects.count() == 1


def test_T74_the_code_is_good_in_no_other_browser(client):
    typed(client)
    elsewhere = Client()
    typed(elsewhere, "mallory", "mallory@example.com")
    code = code_for("carol@example.com")
    assert 'id="id_code_error"' in elsewhere.post(VERIFY, {"code": code}).text
    assert Client().post(VERIFY, {"code": code}).headers["Location"].startswith(PAGE)
    assert not User.objects.exists()


def test_T74_the_code_is_good_for_ten_minutes_and_the_last_one_only(client):
    typed(client)
    first = code_for("carol@example.com")
    typed(client)
    second = code_for("carol@example.com")
    assert 'id="id_code_error"' in client.post(VERIFY, {"code": first}).text
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert 'id="id_code_error"' in client.post(VERIFY, {"code": second}).text
    assert not User.objects.exists()
    assert client.post(VERIFY, {"code": second}).status_code == 303


def test_T74_codes_are_guessed_slowly(client):
    typed(client)
    answers = [client.post(VERIFY, {"code": "BCDF-GHJK"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert client.post(VERIFY, {"code": code_for("carol@example.com")}).status_code == 429


def test_nobodys_mailbox_is_filled(client):
    answers = [typed(Client(), f"name{number}").status_code for number in range(4)]
    assert answers == [303, 303, 303, 429]


def test_T71_whether_an_address_is_known_is_not_told(client, alice, gone):
    def seen(email: str, name: str) -> tuple[object, ...]:
        browser = Client()
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            answer = typed(browser, name, email)
        page = browser.get(answer.headers["Location"])
        wrong = browser.post(VERIFY, {"code": "BCDF-GHJK"})
        told = [re.sub(r'[a-z]+@example.com|value="[^"]*"', "?", shown.text) for shown in (page, wrong)]
        statements = [query["sql"].split(" ", 3)[0] for query in queries]
        return answer.status_code, answer.headers["Location"], statements, told

    strange = seen("nobody@example.com", "one")
    assert seen("alice@example.com", "two") == strange
    assert seen("gone@example.com", "three") == strange
    while outbox.run_once():
        pass
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects == {
        "nobody@example.com": "Your code for a new account",
        "alice@example.com": "You have an account already",
        "gone@example.com": "You have an account already",
    }
    assert "/accounts/password/reset/" in next(m.body for m in mail.outbox if m.to == ["alice@example.com"])


def test_T71_an_account_that_came_meanwhile_is_no_error_and_no_second_account(client):
    typed(client)
    code = code_for("carol@example.com")
    users.create_user("other", PASSWORD, email="Carol@example.com")
    assert "There is an account with this address by now" in client.post(VERIFY, {"code": code}).text
    User.objects.update(email="", username="carol", username_key="carol")
    assert "Somebody has taken this username meanwhile" in client.post(VERIFY, {"code": code}).text
    assert User.objects.count() == 1


def test_a_taken_name_is_said_at_its_field_however_it_is_written(client, alice):
    for name in ("alice", "ALICE", "ａｌｉｃｅ"):
        page = typed(client, name)
        assert page.status_code == 200
        assert '<p class="error" id="id_username_error">This username is taken. Choose another one.</p>' in page.text
        assert 'value="carol@example.com"' in page.text
        assert PASSWORD not in page.text
    assert User.objects.count() == 1
    assert not EmailAddress.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", ["alice@example.com", "@", "a b", "<b>", "", "x" * 151, "a\0b", "a\nb"])
def test_a_name_that_might_be_somebodys_address_or_is_none_is_refused(client, alice, name):
    page = typed(client, name)
    assert page.status_code == 200
    assert 'id="id_username_error"' in page.text
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "x" * 400 + "@example.com", "a\0@example.com"])
def test_an_address_must_look_like_one(client, email):
    assert 'id="id_email_error"' in typed(client, email=email).text
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["", "short", "password", "carol-carol", "carol@example.com"])
def test_a_password_is_judged_with_who_chose_it(client, password):
    page = typed(client, "carol-carol", password=password)
    assert 'id="id_password1_error"' in page.text
    assert not User.objects.exists()


def test_what_is_missing_is_said_at_each_field(client):
    page = typed(client, "", "", "").text
    for name in ("username", "email", "password1"):
        assert f'aria-describedby="id_{name}_error"' in page
        assert f'<a href="#id_{name}">' in page


def test_T41_trying_names_out_is_slow(client, alice, monkeypatch):
    few = replace(limits.SIGN_UP_ADDRESS, rate=Rate(3, 3600), scales=False)
    monkeypatch.setattr(limits, "SIGN_UP_ADDRESS", few)
    answers = [typed(client, "alice").status_code for _ in range(3)] + [typed(client, "carol").status_code]
    assert answers == [200, 200, 200, 429]
    assert User.objects.count() == 1


def test_a_form_from_elsewhere_makes_nobody():
    strict = Client(enforce_csrf_checks=True)
    answer = typed(strict)
    assert answer.status_code == 403
    assert "Load the page again" in answer.text
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_next_that_was_tampered_with_is_ignored(client, path):
    assert sign_up(client, at=f"{PAGE}?next={quote(path)}", next=path).headers["Location"] == "/"


def test_the_two_pages_lead_to_each_other_with_the_way_back(client):
    there = client.get("/accounts/login/?next=/o/authorize/%3Fid%3Dx").text
    assert f'href="{PAGE}?next=%2Fo%2Fauthorize%2F%3Fid%3Dx"' in there
    back = client.get(f"{PAGE}?next=/o/authorize/%3Fid%3Dx").text
    assert 'href="/accounts/login/?next=%2Fo%2Fauthorize%2F%3Fid%3Dx"' in back


def test_whoever_is_signed_in_has_an_account(client, alice, sign_in):
    sign_in(alice)
    assert client.get(PAGE).headers["Location"] == "/"
    assert typed(client).headers["Location"] == "/"
    assert User.objects.count() == 1


# prompt=create (OpenID Connect: Initiating User Registration)


def asked(browser: Client, **changes: str):
    app = make_client("app", name="The App", trusted=True)
    return browser.get(f"/o/authorize/?{urlencode(authorization_parameters(app, pkce().challenge, **changes))}")


def code_at(response) -> list[str]:
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"]


def test_create_leads_to_an_account_and_back_to_the_client(client):
    page = asked(client, prompt="create", login_hint="carol@example.com").headers["Location"]
    assert page.startswith(f"{PAGE}?next=")
    shown = client.get(page)
    assert "<strong>The App</strong> wants to know who you are." in shown.text
    assert 'value="carol@example.com"' in shown.text
    assert "form-action 'self' https://app.example" in shown.headers["Content-Security-Policy"]
    hidden = re.search(r'name="next" value="([^"]+)"', shown.text)
    assert hidden

    response = sign_up(client, at=page, next=hidden[1])

    assert response.status_code == 303
    assert code_at(client.get(response.headers["Location"]))


def test_create_is_met_by_signing_in_with_an_account_there_is(client, alice, type_in):
    page = asked(client, prompt="create").headers["Location"]
    way_back = parse_qs(urlsplit(page).query)["next"][0]
    assert f"/accounts/login/?{urlencode({'next': way_back})}" in client.get(page).text

    response = type_in("alice", "alicepass", way_back=way_back)

    assert code_at(client.get(response.headers["Location"]))


def test_create_asks_whoever_is_signed_in_too_and_signs_them_out_with_the_new_account(client):
    dave = make_user("dave")
    before = signed_in(client, dave)
    page = asked(client, prompt="create").headers["Location"]
    way_back = parse_qs(urlsplit(page).query)["next"][0]
    shown = client.get(page).text
    assert "You are signed in as <strong>dave</strong>" in shown
    proving = client.get(f"/accounts/login/?{urlencode({'next': way_back})}").text
    assert "Confirm that it is you" in proving

    response = sign_up(client, at=page, next=way_back)

    before.refresh_from_db()
    assert before.ended_at is not None
    assert code_at(client.get(response.headers["Location"]))
    assert Session.objects.get(ended_at=None).user.username == "carol"


def test_whoever_uses_another_account_instead_signs_in(client):
    signed_in(client, make_user("dave"))
    page = asked(client, prompt="create").headers["Location"]
    way_back = parse_qs(urlsplit(page).query)["next"][0]

    response = client.post("/accounts/switch/", {"next": way_back})

    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("open_to_all", [True, False])
def test_create_is_advertised_where_it_works_and_refused_by_name_where_not(client, settings, open_to_all):
    settings.SIGN_UP = open_to_all
    told = json.loads(metadata.authorization_server(settings.ISSUER_URL))
    assert ("create" in told["prompt_values_supported"]) is open_to_all
    answer = asked(client, prompt="create").headers["Location"]
    if open_to_all:
        assert answer.startswith(PAGE)
    else:
        query = parse_qs(urlsplit(answer).query)
        assert query["error"] == ["invalid_request"]
        assert "create" in query["error_description"][0]
