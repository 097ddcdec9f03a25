"""What a token would tell is what it tells, and nothing comes of asking."""

from typing import Any

import pytest

from graph import ids
from idp.users import services as users
from oauth_ext.claims.models import PairwiseSubject
from oauth_ext.clients import services as clients
from oauth_ext.families.models import Family
from oauth_ext.keys import services as keys
from tests.factories import make_client
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.token_endpoint import get, signed_in

PREVIEW = """query($u:ID!,$c:ID!,$s:[String!]!){tokenPreview(user:$u,client:$c,scopes:$s){
    scopes{scope verdict} accessToken userinfo refusal}}"""
READ = ("users:read", "clients:read")
ABOUT_ONE_SIGN_IN = {"exp", "iat", "jti", "family", "auth_time", "acr"}


def preview(world: World, *scopes: str, client: Any = None) -> dict[str, Any]:
    variables = {
        "u": ids.seal("User", world.user.pk),
        "c": ids.seal("Client", (client or world.app).pk),
        "s": list(scopes),
    }
    found: dict[str, Any] = asked(PREVIEW, world.service_token(*READ), **variables)["tokenPreview"]
    return found


@pytest.mark.parametrize("scope", READ)
def test_it_needs_both_scopes(world: World, scope: str):
    variables = {"u": "x", "c": "x", "s": []}
    response = post(PREVIEW, world.service_token(scope), variables=variables)
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


@pytest.mark.parametrize("wrong", ["u", "c"])
@pytest.mark.parametrize("value", ["", "x", "\x00"])
def test_of_nobody_there_is_none(world: World, wrong: str, value: str):
    variables = {"u": ids.seal("User", world.user.pk), "c": ids.seal("Client", world.app.pk), "s": []} | {wrong: value}
    assert asked(PREVIEW, world.service_token(*READ), **variables) == {"tokenPreview": None}


@pytest.mark.parametrize("scopes", ["openid", "openid profile", "openid profile email roles", "profile users:read"])
def test_it_says_what_the_token_says(world: World, scopes: str):
    app = make_client("there", trusted=True, scopes=["openid", "profile", "email", "roles", "users:read"])
    shown = preview(world, *scopes.split(), client=app)
    person = signed_in(app, world.user, scope=scopes)
    claims = keys.verify(person.access_token, typ="at+jwt").claims
    assert shown["accessToken"] == {name: value for name, value in claims.items() if name not in ABOUT_ONE_SIGN_IN}
    if "openid" in scopes:
        assert shown["userinfo"] == get("/o/userinfo/", person.access_token).body
    assert shown["refusal"] == ""


def test_it_says_why(world: World):
    app = make_client("there", scopes=["openid", "users:read"])
    shown = preview(world, "openid", "profile", "users:read", "openid", client=app)
    assert [(each["scope"], each["verdict"]) for each in shown["scopes"]] == [
        ("openid", "GRANTED"),
        ("profile", "CLIENT_LACKS"),
        ("users:read", "ROLE_LACKS"),
    ]
    assert shown["accessToken"]["scope"] == "openid"


@pytest.mark.parametrize(
    ("scopes", "prepare", "words"),
    [
        (("openid", "nonsense"), lambda _: None, "invalid_scope"),
        (("users:read",), lambda _: None, "invalid_scope"),
        (("openid",), lambda world: users.deactivate(world.user), "The account is switched off."),
        (("openid",), lambda world: clients.disable(world.app), "The client is switched off."),
    ],
)
def test_where_there_would_be_no_token_it_says_so(world: World, scopes, prepare, words):
    prepare(world)
    shown = preview(world, *scopes)
    assert shown["refusal"].startswith(words)
    assert (shown["accessToken"], shown["userinfo"]) == (None, None)


def test_a_sector_that_has_not_met_the_person_does_not_meet_them_by_it(world: World):
    app = make_client("apart", scopes=["openid"], subject_type="pairwise", trusted=True)
    assert "sub" not in preview(world, "openid", client=app)["accessToken"]
    assert not PairwiseSubject.objects.exists()
    person = signed_in(app, world.user, scope="openid")
    claims = keys.verify(person.access_token, typ="at+jwt").claims
    assert preview(world, "openid", client=app)["accessToken"]["sub"] == claims["sub"] != str(world.user.sub)


def test_nothing_is_issued(world: World, django_assert_num_queries):
    preview(world, "openid")
    with django_assert_num_queries(4):  # for the token that asks; then who asks, the person, the client
        preview(world, "openid", "profile")
    assert not Family.objects.exists()
