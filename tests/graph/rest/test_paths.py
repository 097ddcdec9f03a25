"""The documented REST paths, row by row."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from idp.models import Role, Session
from oauth_ext.families.models import Family
from tests.graph.asking import World, bearer
from tests.oauth_ext.token_endpoint import CHALLENGES

FORM = "application/x-www-form-urlencoded"
ALL = ("openid", "profile", "email", "roles")
PATHS = {
    "/api/userinfo": ["GET"],
    "/api/roles": ["GET"],
    "/api/validate-token": ["GET", "POST"],
    "/api/logout": ["POST"],
}
ROWS = [(method, path + slash) for path, methods in PATHS.items() for method in methods for slash in ("", "/")]


def ask(method: str, path: str, token: str | None = None, body: str | bytes = "", content_type: str = FORM):
    return Client().generic(method, path, body, content_type=content_type if body else "", headers=bearer(token))


def test_userinfo_tells_what_the_scopes_allow(world: World):
    held = Role.objects.get(name="user")
    response = ask("GET", "/api/userinfo/", world.token(*ALL))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.content) == {
        "sub": str(world.user.sub),
        "username": "alice",
        "email": "alice@example.com",
        "email_verified": False,
        "first_name": "Alice",
        "last_name": "Liddell",
        "name": "Alice Liddell",
        "role": "user",
        "roles": [{"name": "user", "description": held.description, "scopes": held.scopes}],
    }


@pytest.mark.parametrize(
    ("scopes", "members"),
    [
        ((), {"sub"}),
        (("openid",), {"sub"}),
        (("profile",), {"sub", "username", "first_name", "last_name", "name"}),
        (("email",), {"sub", "email", "email_verified"}),
        (("roles",), {"sub", "role", "roles"}),
    ],
)
def test_userinfo_leaves_out_what_a_scope_withholds(world: World, scopes, members):
    response = ask("GET", "/api/userinfo/", world.token(*scopes))
    assert response.status_code == 200
    assert json.loads(response.content).keys() == members


def test_roles_are_those_held(world: World):
    response = ask("GET", "/api/roles/", world.token("roles"))
    held = Role.objects.get(name="user")
    assert response.status_code == 200
    assert json.loads(response.content) == {
        "roles": [{"name": "user", "description": held.description, "scopes": held.scopes}]
    }


def test_roles_are_all_for_who_has_roles_read(world: World):
    response = ask("GET", "/api/roles/", world.service_token("roles:read"))
    assert [role["name"] for role in json.loads(response.content)["roles"]] == ["admin", "user"]


@pytest.mark.parametrize("path", ["/api/userinfo/", "/api/roles/"])
def test_a_token_without_a_user_is_not_enough(world: World, path):
    response = ask("GET", path, world.service_token("tokens:introspect"))
    assert response.status_code == 403
    assert json.loads(response.content)["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]


def test_too_few_scopes_are_named(world: World):
    response = ask("GET", "/api/roles/", world.token("openid"))
    assert response.status_code == 403
    assert json.loads(response.content)["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert 'scope="roles"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_each_path_answers_with_and_without_its_slash(world: World, method, path):
    assert ask(method, path, world.token(*ALL)).status_code == 200


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_no_token_is_401_with_a_bare_challenge(world: World, method, path):
    response = ask(method, path)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == CHALLENGES
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.content)["error"] == "unauthenticated"


@pytest.mark.parametrize(("method", "path"), ROWS)
@pytest.mark.parametrize("kind", ["ended", "foreign audience", "nonsense", "repeated"])
def test_a_bad_token_is_401_invalid_token(world: World, method, path, kind):
    family = world.family(world.user, ALL)
    token = {
        "ended": world.token_of(family),
        "foreign audience": world.token(*ALL, resources=["https://other.example/api"]),
        "nonsense": "nonsense",
        "repeated": f"{world.token_of(family)} {world.token_of(family)}",
    }[kind]
    Family.objects.filter(pk=family.pk).update(ended_at=family.created_at, end_reason="revoked")
    response = ask(method, path, token)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert json.loads(response.content)["error"] == "invalid_token"


@pytest.mark.parametrize("path", [path + slash for path in PATHS for slash in ("", "/")])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "FOO"])
def test_another_method_is_405_with_allow(world: World, method, path):
    allowed = PATHS[path.rstrip("/")]
    if method in allowed:
        assert ask(method, path).status_code == 401
        return
    response = ask(method, path, world.token(*ALL))
    assert response.status_code == 405
    assert response.headers["Allow"] == ", ".join(allowed)
    assert response.headers["Content-Type"] == "application/json"
    if method != "HEAD":
        assert json.loads(response.content)["error"] == "method_not_allowed"


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_T30_a_token_in_the_url_is_not_looked_at(world: World, name):
    for path, methods in PATHS.items():
        for method in methods:
            assert ask(method, f"{path}/?{name}={world.token(*ALL)}").status_code == 401


# logout


def test_logout_ends_family_and_session_before_it_answers(world: World):
    session = world.session(world.user)
    family, sibling = world.family(world.user, ALL, session), world.family(world.user, ALL, session)
    other = world.family(world.user, ALL, world.session(world.user))
    response = ask("POST", "/api/logout/", world.token_of(family))
    assert response.status_code == 200
    assert json.loads(response.content) == {"logged_out": True}
    assert Session.objects.get(pk=session.pk).ended_at is not None
    assert Family.objects.get(pk=family.pk).end_reason == "signed_out"
    for dead in (family, sibling):
        assert ask("GET", "/api/userinfo/", world.token_of(dead)).status_code == 401
    assert ask("GET", "/api/userinfo/", world.token_of(other)).status_code == 200


def test_logout_of_a_client_by_itself_ends_its_token(world: World):
    token = world.service_token("roles:read")
    assert ask("POST", "/api/logout/", token).status_code == 200
    assert ask("GET", "/api/roles/", token).status_code == 401


# validate-token: the body


def own(world: World) -> str:
    return world.token(*ALL)


@pytest.mark.parametrize("content_type", [FORM, "application/json"])
def test_a_post_may_bring_a_token_by_form_or_json(world: World, content_type):
    token = own(world)
    body = urlencode({"token": token}) if content_type == FORM else json.dumps({"token": token})
    response = ask("POST", "/api/validate-token/", None, body, content_type)
    assert response.status_code == 200
    assert json.loads(response.content)["username"] == "alice"


def test_a_multipart_form_is_a_form_too(world: World):
    response = Client().post("/api/validate-token/", {"token": own(world)})
    assert json.loads(response.content)["active"] is True


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", ""),
        ("token=", FORM),
        ("other=1", FORM),
        ("{}", "application/json"),
        ('{"token":null}', "application/json"),
        ('{"token":""}', "application/json"),
    ],
)
def test_a_post_without_a_token_is_about_the_callers_own(world: World, body, content_type):
    assert ask("POST", "/api/validate-token/", None, body, content_type).status_code == 401
    response = ask("POST", "/api/validate-token/", own(world), body, content_type)
    assert json.loads(response.content)["active"] is True


@pytest.mark.parametrize(
    ("body", "content_type", "field"),
    [
        ('{"token":5}', "application/json", "token"),
        ('{"token":["a"]}', "application/json", "token"),
        ('{"token":{"a":1}}', "application/json", "token"),
        ("token=a&token=b", FORM, "token"),
        ("{", "application/json", "body"),
        ("[]", "application/json", "body"),
        ('{"token":"\\ud800"}', "application/json", "body"),
        (b"\xff", "application/json", "body"),
        ("[" * 50_000, "application/json", "body"),
        ("token=%ff", FORM, "body"),
        ("token=%00", FORM, "body"),
        ("token=" + "a" * 10_000, FORM, "body"),
        ("&".join(f"a{n}=1" for n in range(200)), FORM, "body"),
        ("no boundary", "multipart/form-data", "body"),
        ("no boundary", "multipart/form-data; boundary=", "body"),
        (
            (
                '--x\r\nContent-Disposition: form-data; name="token"\r\n\r\na\r\n'
                '--x\r\nContent-Disposition: form-data; name="token"\r\n\r\nb\r\n--x--\r\n'
            ),
            "multipart/form-data; boundary=x",
            "token",
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_malformed_body_is_400_and_names_the_field(world: World, body, content_type, field):
    response = ask("POST", "/api/validate-token/", own(world), body, content_type)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/json"
    answer = json.loads(response.content)
    assert answer["error"] == "invalid_request"
    assert answer["field"] == field


@pytest.mark.parametrize("content_type", [FORM, "application/json", "multipart/form-data; boundary=x"])
def test_a_megabyte_is_refused_unread(world: World, content_type):
    response = ask("POST", "/api/validate-token/", None, b"a" * 1_000_000, content_type)
    assert response.status_code == 413
    assert json.loads(response.content)["error"] == "invalid_request"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/json; charset=latin-1"])
def test_another_content_type_is_415(world: World, content_type):
    response = ask("POST", "/api/validate-token/", own(world), "token=a", content_type)
    assert response.status_code == 415
    assert json.loads(response.content)["error"] == "invalid_request"
