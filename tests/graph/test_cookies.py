"""The API looks at no cookie: whoever is signed in in the browser is nobody here."""

import pytest
from django.conf import settings
from django.test import Client

from graph.rest.routes import ROUTES
from tests.factories import sign_in
from tests.graph.asking import World, bearer

REST = [(method, f"/{route.path}/") for route in ROUTES for method in route.methods]


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.user)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value
    return browser


def test_T88_a_cookie_alone_is_nobody_to_graphql(browser: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = browser.post("/graphql", '{"query":"{me{sub}}"}', "application/json")
    assert response.status_code == 401
    assert not response.cookies


@pytest.mark.parametrize(("method", "path"), REST)
def test_T88_a_cookie_alone_is_nobody_to_rest(browser: Client, django_assert_num_queries, method, path):
    with django_assert_num_queries(0):
        response = browser.generic(method, path)
    assert response.status_code == 401
    assert not response.cookies


@pytest.mark.parametrize(("method", "path"), [("POST", "/graphql"), *REST])
def test_T88_a_token_is_enough_and_sets_no_cookie(world: World, method, path):
    client = Client(enforce_csrf_checks=True)
    body = '{"query":"{me{sub}}"}' if path == "/graphql" else ""
    token = world.token("openid", "roles")
    response = client.generic(method, path, body, content_type="application/json", headers=bearer(token))
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
