"""The description of the REST paths says what they do: its words are the schema's, its shapes those of real answers."""

import json
import tomllib
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from graph.rest.routes import ROUTES
from tests.graph.asking import World, bearer
from tests.stack.gatehouse import ROOT

METHODS = [(route.path, method) for route in ROUTES for method in route.methods]


@pytest.fixture
def described() -> dict[str, Any]:
    response = Client().get("/api/openapi.json")
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    read: dict[str, Any] = json.loads(response.content)
    return read


def shape(described: dict[str, Any], path: str, method: str, status: int) -> dict[str, Any]:
    """The JSON schema of an answer, with what it refers to."""
    answers = described["paths"][f"/{path}/"][method.lower()]["responses"]
    assert str(status) in answers, f"{path} answered {status}, which nobody told"
    return {**answers[str(status)]["content"]["application/json"]["schema"], "components": described["components"]}


def test_it_is_what_OpenAPI_says(described):
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_its_version_is_the_projects(described):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert described["info"]["version"] == project["version"]


def test_every_route_is_described_and_nothing_else(described):
    told = {(path.strip("/"), method.upper()) for path, item in described["paths"].items() for method in item}
    assert told == set(METHODS)


def test_what_is_enough_is_what_the_schema_says(described):
    security = {path: item[min(item)]["security"] for path, item in described["paths"].items()}
    assert security == {
        "/api/userinfo/": [{"openId": []}],
        "/api/roles/": [{"openId": ["roles"]}, {"openId": ["roles:read"]}],
        "/api/validate-token/": [{}, {"openId": []}],
        "/api/logout/": [{"openId": []}],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("caller", ["all", "openid", "nobody", "bad", "client"])
@pytest.mark.parametrize(("path", "method"), METHODS)
def test_T89_what_is_answered_is_what_is_described(world: World, described, path, method, caller):
    token = {
        "all": lambda: world.token("openid", "profile", "email", "roles"),
        "openid": lambda: world.token("openid"),
        "nobody": lambda: None,
        "bad": lambda: "x",
        "client": lambda: world.service_token("roles:read"),
    }[caller]()
    response = Client().generic(method, f"/{path}/", headers=bearer(token))
    schema = shape(described, path, method, response.status_code)
    answer = json.loads(response.content)
    Draft202012Validator(schema).validate(answer)
    if response.status_code == 200:
        assert answer.keys() <= schema["properties"].keys()


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["{", "[]", '{"token": 1}', '{"token": "x"}', "x" * 70_000])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_what_a_bad_body_is_answered_is_described(described, body, content_type):
    response = Client().post("/api/validate-token/", body, content_type=content_type)
    schema = shape(described, "api/validate-token", "POST", response.status_code)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(response.content))) == []
