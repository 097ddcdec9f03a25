"""The page of the REST paths says what the OpenAPI document says, to anybody, under the policy of every page."""

import html
import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client

PAGE = "/api/docs/"
NONCE = re.compile(r"'nonce-[^']+' ?")


def words() -> str:
    """The page as text, its spaces one each."""
    response = Client().get(PAGE)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())).split())


def described(value: object) -> Iterator[str]:
    """Every description, summary and property's name in the document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"description", "summary"} and isinstance(inner, str):
                yield inner
            elif name == "properties":
                yield from inner
            yield from described(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from described(inner)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, PAGE.rstrip("/")])
def test_it_loosens_no_policy_and_has_no_script_of_its_own(path: str):
    response = Client().get(path)
    policy = NONCE.sub("", response.headers["Content-Security-Policy"])
    assert "script-src 'self'" in policy
    assert policy == NONCE.sub("", Client().get("/accounts/login/").headers["Content-Security-Policy"])
    page = response.content.decode()
    assert not re.search(
        r"<script(?![^>]* src=\"/static/)|<style| style=| on[a-z]+=|<form| name=\"(?!viewport|color-)", page
    )
    assert not re.findall(r"(?:src|href)=\"(?!/|#)", page)


@pytest.mark.django_db
def test_it_looks_at_no_cookie_and_sets_none():
    browser = Client()
    browser.cookies["gatehouse_session"] = "x"
    response = browser.get(PAGE)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_it_says_all_that_the_document_says():
    document, page = json.loads(Client().get("/api/openapi.json").content), words()
    del document["components"]["securitySchemes"]
    said = set(described(document))
    assert len(said) > 30
    assert [text for text in said if " ".join(text.split()) not in page] == []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = page.split(f"{method.upper()} {path} {operation['summary']}")[1]
            assert all(status in told for status in operation["responses"])


def test_it_says_who_may():
    page = words()
    assert (
        "GET /api/userinfo/ The user the token speaks for; null for a client's own token. Who may: any access token"
        in page
    )
    assert "every role for who has `roles:read`. Who may: a token with roles, or a token with roles:read" in page
    assert (
        "whatever its audience. Who may: anybody, without a token, or any access token Body: application/json" in page
    )
