"""A stored authorization request is a row: so many a sign-in, or an address, and a good word for whoever must wait."""

from dataclasses import replace

import pytest
from django.test import Client

from idp.ratelimit.limits import Rate
from oauth_ext import views as machines
from oauth_ext.authorization import views
from oauth_ext.authorization.models import AuthorizationRequest
from tests.factories import Response, answer_of, authorization_parameters, make_client, make_user, pkce, sign_in
from tests.oauth_ext.authorization.steps import get, post

FEW = 3


@pytest.fixture(autouse=True)
def few(monkeypatch):
    limit = replace(views.AUTHORIZATION_REQUESTS, rate=Rate(FEW, 3600))
    monkeypatch.setattr(views, "AUTHORIZATION_REQUESTS", limit)


@pytest.fixture
def app():
    return make_client(trusted=True)


def ask(browser: Client, app, **changes: str) -> Response:
    return get(browser, authorization_parameters(app, pkce().challenge, **changes))


def test_T41_requests_are_stored_so_many_for_an_address(app):
    browser = Client()
    assert [ask(browser, app).status_code for _ in range(FEW)] == [303] * FEW
    limited = ask(browser, app)
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["Retry-After"]) <= 3600 / FEW
    assert "Too many attempts" in limited.content.decode()
    assert post(browser, "/o/authorize/", authorization_parameters(app, pkce().challenge)).status_code == 429
    assert AuthorizationRequest.objects.count() == FEW
    assert ask(Client(REMOTE_ADDR="192.0.2.7"), app).status_code == 303


def test_T41_where_no_page_may_be_shown_the_client_is_told(app):
    browser = Client()
    for _ in range(FEW):
        ask(browser, app)
    answer = answer_of(ask(browser, app, prompt="none"))
    assert (answer["error"], answer["state"]) == ("temporarily_unavailable", "a-state")
    assert AuthorizationRequest.objects.count() == FEW


def test_T41_whoever_is_signed_in_does_not_wait_for_neighbours(app):
    for _ in range(FEW + 1):
        ask(Client(), app)
    browser = Client()
    sign_in(browser, make_user())
    assert ["code" in answer_of(ask(browser, app)) for _ in range(FEW)] == [True] * FEW
    assert ask(browser, app).status_code == 429


def test_T41_going_on_with_a_request_is_not_another(app):
    browser = Client()
    page = ask(browser, app).headers["Location"]
    for _ in range(2 * FEW):
        assert browser.get(page).status_code == 200


def test_what_is_refused_stores_nothing_and_counts_for_nothing(app):
    browser = Client()
    for _ in range(2 * FEW):
        assert ask(browser, app, redirect_uri="https://evil.example/").status_code == 400
    assert ask(browser, app).status_code == 303


def test_T41_pushed_requests_of_one_client_and_address_are_stored_so_many(app, monkeypatch):
    monkeypatch.setattr(machines, "PUSHED_REQUESTS", replace(machines.PUSHED_REQUESTS, rate=Rate(FEW, 3600)))
    form = authorization_parameters(app, pkce().challenge)
    answers = [post(Client(), "/o/par/", form) for _ in range(FEW + 1)]
    assert [answer.status_code for answer in answers] == [201] * FEW + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert AuthorizationRequest.objects.count() == FEW
