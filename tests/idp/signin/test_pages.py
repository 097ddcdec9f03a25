"""What every page of signing in has about it, and the pages for what went wrong."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.views import defaults

from tests.factories import make_client, make_user, sign_in
from tests.oauth_ext.authorization.steps import ask

pytestmark = pytest.mark.django_db

PAGES = ("/", "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nowhere/")


@pytest.fixture
def strict() -> Client:
    """A browser whose forms are checked."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("path", PAGES)
def test_T18_no_page_may_be_framed(client, path):
    response = client.get(path)
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_T20_pages_send_no_referrer_and_load_nothing_from_elsewhere(client, path):
    response = client.get(path)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = response.content.decode()
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert loaded
    assert not [url for url in loaded if not re.match(r"[/#](?!/)", url)]
    for name in re.findall(r'"/static/([^"]+)"', page):
        assert finders.find(name), name
    assert "style=" not in page
    assert not re.search(r"<script(?! src=)|\son\w+=", page)


@pytest.mark.parametrize("path", [path for path in PAGES if path.startswith("/accounts/")])
def test_pages_with_forms_are_kept_by_no_cache(client, path):
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_what_the_signed_in_are_told_is_kept_by_no_cache(alice, client, type_in):
    type_in("alice", "alicepass")
    for path in ("/accounts/logout/", "/accounts/login/"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_pages_are_in_the_language_they_say(client):
    for language, words in (("de", "Anmelden"), ("de-AT", "Anmelden"), ("en", "Sign in"), ("fr", "Sign in")):
        page = client.get("/accounts/login/", headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{"de" if words == "Anmelden" else "en"}">' in page
        assert words in page


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/logout/", "/accounts/password/reset/", "/accounts/switch/"]
)
def test_T21_a_form_without_its_token_changes_nothing_and_says_what_to_do(alice, strict, path):
    response = strict.post(
        f"{path}?next=/x/", {"login": "alice", "password": "alicepass", "email": "alice@example.com"}
    )
    assert response.status_code == 403
    page = response.content.decode()
    assert "This form is out of date" in page
    assert ('href="' + path + '?next=/x/"' in page) == (path != "/accounts/switch/")


@pytest.mark.parametrize(
    ("origin", "site", "taken"),
    [
        ("http://testserver", None, True),
        ("null", "same-origin", True),
        ("null", "same-site", False),
        ("null", "cross-site", False),
        ("null", "none", False),
        ("null", None, False),
        ("https://evil.example", "same-origin", False),
    ],
)
def test_T21_forms_are_taken_from_our_own_pages_only(alice, strict, origin, site, taken):
    page = strict.get("/accounts/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
    fields = {"login": "alice", "password": "alicepass", "csrfmiddlewaretoken": token}
    response = strict.post("/accounts/login/", fields, headers=headers)
    assert response.status_code == (303 if taken else 403)


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (defaults.bad_request, 400, "That request cannot be read"),
        (defaults.permission_denied, 403, "You may not see this page"),
        (defaults.page_not_found, 404, "There is nothing at this address"),
    ],
)
def test_errors_have_pages_of_their_own(view, status, words):
    response = view(RequestFactory().get("/"), Exception("secret detail"))
    assert response.status_code == status
    assert words in response.content.decode()
    assert "secret detail" not in response.content.decode()


def test_a_failure_has_a_page_that_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = defaults.server_error(RequestFactory().get("/"))
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong here" in page
    for name in re.findall(r'"/static/([^"]+)"', page):
        assert finders.find(name), name


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-gone/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/change/done/",
        "/accounts/login/?next=/elsewhere/",
    ],
)
def test_pages_on_the_way_speak_the_language_of_the_client_that_waits(client, path):
    app = make_client(trusted=True)
    ask(client, app, ui_locales="de")
    assert '<html lang="de">' in client.get(path, headers={"Accept-Language": "en"}).content.decode()
    ask(client, app, state="another", ui_locales="en")
    assert '<html lang="en">' in client.get(path, headers={"Accept-Language": "de"}).content.decode()


@pytest.mark.parametrize("path", ["/accounts/factors/", "/accounts/password/change/"])
def test_pages_for_the_signed_in_do_too(client, path):
    alice = make_user("alice")
    sign_in(client, alice)
    ask(client, make_client(trusted=True), ui_locales="de", prompt="login")
    assert '<html lang="de">' in client.get(path, headers={"Accept-Language": "en"}, follow=True).content.decode()
