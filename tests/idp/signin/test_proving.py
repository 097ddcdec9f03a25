"""Typing the password again: asked for, never passed by, and the same person stays."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone

from idp.sessions.models import Session
from idp.signin import reason
from idp.signin.reason import SignInReason

pytestmark = pytest.mark.django_db

WAY_BACK = "/o/authorize/?id=x"
PAGE = f"/accounts/login/?{urlencode({'next': WAY_BACK})}"


@pytest.fixture
def ask(client, request_of):
    """A function that leaves a reason in this browser, as the authorization endpoint does."""

    def leave(**changes):
        request = request_of(client)
        url = reason.leave(request, SignInReason(**{"way_back": WAY_BACK, "client_name": "Orders", **changes}))
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        assert url == PAGE
        return client

    return leave


def test_the_page_says_who_asks_and_what_for(client, ask):
    ask(scopes=(("email", "See your e-mail address"),), login_hint="alice@example.com")
    page = client.get(PAGE).content.decode()
    assert "<strong>Orders</strong> wants to know who you are." in page
    assert "See your e-mail address" in page
    assert 'value="alice@example.com"' in page
    assert f'<input type="hidden" name="next" value="{WAY_BACK}">' in page


def test_names_are_text(client, ask):
    ask(client_name="<img src=x onerror=alert(1)>", login_hint='"><script>')
    page = client.get(PAGE).content.decode()
    assert "<img src=x" not in page
    assert '"><script>' not in page


def test_another_next_has_no_reason(client, ask):
    ask()
    assert b"Orders" not in client.get("/accounts/login/?next=/other/").content


def test_whoever_is_signed_in_passes_where_that_is_enough(alice, client, ask, type_in):
    type_in("alice", "alicepass")
    ask()
    assert client.get(PAGE).headers["Location"] == WAY_BACK


def test_a_fresh_sign_in_is_asked_for_and_renews_the_row(alice, client, ask, type_in):
    type_in("alice", "alicepass")
    Session.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    ask(since=timezone.now())
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Orders wants to be sure that it is still you" in page.content.decode()
    assert b'name="login"' not in page.content
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert "This password is not right" in client.post(PAGE, {"password": "wrong"}).content.decode()
    assert timezone.now() - Session.objects.get().auth_time > timedelta(minutes=59)
    response = client.post(PAGE, {"password": "alicepass", "next": WAY_BACK})
    assert (response.status_code, response.headers["Location"]) == (303, WAY_BACK)
    session = Session.objects.get()
    assert timezone.now() - session.auth_time < timedelta(minutes=1)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get(PAGE).headers["Location"] == WAY_BACK


def test_T53_proving_it_again_changes_the_cookies_key(alice, client, ask, type_in):
    type_in("alice", "alicepass")
    ask(since=timezone.now())
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(PAGE, {"password": "alicepass"})
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    assert b"You are not signed in" in client.get("/").content


def test_nobody_else_gets_in_by_proving(alice, boss, client, ask, type_in):
    type_in("alice", "alicepass")
    ask(since=timezone.now())
    response = client.post(PAGE, {"login": "boss", "username": "boss", "password": "bosspass"})
    assert response.status_code == 200
    assert Session.objects.get().user == alice


def test_another_account_signs_out_first_and_keeps_the_reason(alice, boss, client, ask, type_in):
    type_in("alice", "alicepass")
    ask(since=timezone.now())
    response = client.post("/accounts/switch/", {"next": WAY_BACK})
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    assert Session.objects.get().ended_at is not None
    page = client.get(PAGE).content.decode()
    assert 'name="login"' in page
    assert "Orders" in page
    assert type_in("boss", "bosspass", way_back=WAY_BACK).headers["Location"] == WAY_BACK


def test_another_account_without_a_reason_still_knows_the_way_back(alice, client, type_in):
    type_in("alice", "alicepass")
    assert client.post("/accounts/switch/", {"next": WAY_BACK}).headers["Location"] == PAGE
    assert client.get("/accounts/switch/").status_code == 405


def test_reasons_of_eight_tabs_are_kept_apart(client, request_of):
    request = request_of(client)
    for tab in range(10):
        reason.leave(request, SignInReason(way_back=f"/o/authorize/?id={tab}", client_name=f"App {tab}"))
    names = {}
    for tab in range(10):
        request.GET = {"next": f"/o/authorize/?id={tab}"}
        found = reason.find(request)
        names[tab] = found.client_name if found else None
    assert names == {0: None, 1: None} | {tab: f"App {tab}" for tab in range(2, 10)}


def test_the_form_may_end_where_the_client_is(client, ask):
    ask(leads_to="https://app.example:8443/callback")
    policy = client.get(PAGE).headers["Content-Security-Policy"]
    assert "form-action 'self' https://app.example:8443;" in policy + ";"


def test_a_reason_that_was_met_is_forgotten(alice, client, ask, request_of, type_in):
    ask()
    assert reason.sign_in_url(request_of(client)) == PAGE
    type_in("alice", "alicepass", way_back=WAY_BACK)
    assert reason.sign_in_url(request_of(client)) == "/accounts/login/"
