"""Tokens that people make for their own programs: a part of what they have, shown once, ended by what ends trust."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.audit.models import AuditEvent
from idp.models import Role
from idp.ops import base64url
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.families.models import Family, FamilyKind
from oauth_ext.tokens import making
from tests.factories import PASSWORD, make_client
from tests.graph.asking import World, asked, bearer, codes, post
from tests.oauth_ext.token_endpoint import post as post_form
from tests.oauth_ext.token_endpoint import token as token_request

CREATE = """mutation($n:String!,$s:[String!]!,$e:DateTime!){createPersonalAccessToken(name:$n,scopes:$s,expiresAt:$e){
    token tokenFamily{id name kind scopes offline expiresAt current client{clientId}} errors{code field message}}}"""
MAKER = ("openid", "profile", "account:read", "account:write")


def soon(**delta: float) -> str:
    return (timezone.now() + timedelta(**(delta or {"days": 30}))).isoformat()


def create(token: str, name: str = "script", scopes: tuple[str, ...] = ("profile",), end: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = asked(CREATE, token, n=name, s=list(scopes), e=end or soon())["createPersonalAccessToken"]
    return answer


def made(world: World, *scopes: str) -> str:
    token: str = create(world.token(*MAKER), scopes=scopes or ("profile",))["token"]
    return token


def is_live(token: str) -> bool:
    return codes(post("{me{sub}}", token)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("unknown",)}, "scopes"),
        ({"scopes": ("\x00",)}, "scopes"),
        ({"scopes": ("profile", "email")}, "scopes"),
        ({"scopes": ("users:read",)}, "scopes"),
        ({"end": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"end": "2999-01-01T00:00:00Z"}, "expiresAt"),
        ({"end": "2027-01-01T00:00:00"}, "expiresAt"),
    ],
)
def test_what_can_not_be_made_is_told_by_its_field(world: World, changes, field):
    answer = create(world.token(*MAKER), **changes)
    assert (answer["token"], answer["tokenFamily"]) == (None, None)
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [("INVALID", field)]
    assert not Family.objects.filter(kind=FamilyKind.PERSONAL).exists()


def test_all_that_is_wrong_is_told_at_once(world: World):
    answer = create(world.token(*MAKER), name="", scopes=(), end="2020-01-01T00:00:00Z")
    assert [error["field"] for error in answer["errors"]] == ["name", "scopes", "expiresAt"]


def test_nobody_makes_one_where_the_operator_says_so(world: World, settings):
    settings.PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS = 0
    assert [error["field"] for error in create(world.token(*MAKER), end=soon(seconds=5))["errors"]] == ["expiresAt"]


def test_T55_it_wants_a_recent_sign_in(world: World):
    family = world.family(world.user, MAKER)
    Family.objects.filter(pk=family.pk).update(auth_time=timezone.now() - timedelta(seconds=400))
    family.refresh_from_db()
    variables = {"n": "script", "s": ["profile"], "e": soon()}
    response = post(CREATE, world.token_of(family), variables=variables)
    assert codes(response) == ["INSUFFICIENT_USER_AUTHENTICATION"]


def test_a_client_by_itself_makes_none(world: World):
    response = post(CREATE, world.service_token("account:write"), variables={"n": "x", "s": ["profile"], "e": soon()})
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_a_client_with_names_of_its_own_for_people_makes_none(world: World):
    Application.objects.filter(pk=world.app.pk).update(subject_type="pairwise", sector_identifier="app.example")
    assert [error["field"] for error in create(world.token(*MAKER))["errors"]] == ["name"]


def test_there_are_not_without_end(world: World, monkeypatch):
    monkeypatch.setattr(making, "MOST", 2)
    token = world.token(*MAKER)
    assert [bool(create(token)["errors"]) for _ in range(3)] == [False, False, True]


def test_one_is_made_and_does_what_it_may_and_no_more(world: World, django_assert_num_queries):
    answer = create(world.token(*MAKER), name=" nightly ", scopes=("profile", "account:read", "profile"))
    family, token = answer["tokenFamily"], answer["token"]
    assert token.startswith("gatehouse_pat.")
    assert (family["name"], family["kind"], family["scopes"]) == ("nightly", "PERSONAL", ["profile", "account:read"])
    assert (family["offline"], family["current"], family["client"]) == (True, False, {"clientId": "app"})
    with django_assert_num_queries(1):
        assert asked("{me{sub username}}", token)["me"] == {"sub": str(world.user.sub), "username": "alice"}
    assert codes(post("{me{email}}", token)) == ["INSUFFICIENT_SCOPE"]
    assert codes(post("mutation{logout{loggedOut}}", token)) == []
    assert not is_live(token)


def test_T92_its_secret_is_kept_nowhere(world: World, capfd, caplog):
    token = made(world)
    rows = [*Family.objects.values(), *AuditEvent.objects.values()]
    secret = token.rpartition(".")[2]
    assert secret not in str(rows)
    told = caplog.text + "".join(capfd.readouterr())
    assert secret not in told
    listed = asked("{me{tokenFamilies{nodes{id name}}}}", world.token("account:read"))
    assert secret not in json.dumps(listed)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token + "=",
        lambda token: token.rpartition(".")[0],
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: "gatehouse_pat." + token.rpartition(".")[2],
        lambda _: "gatehouse_pat.",
        lambda _: "gatehouse_pat..",
        lambda _: "gatehouse_pat.AAAAAAAAAAAAAAAAAAAAAA." + "A" * 43,
    ],
)
def test_another_secret_is_worth_nothing(world: World, change):
    token = made(world)
    assert is_live(token)
    assert codes(post("{me{sub}}", change(token))) == ["UNAUTHENTICATED"]


def test_a_family_that_is_nobodys_own_has_no_such_token(world: World):
    token = made(world)
    family = world.family(world.user, MAKER)
    personal = Family.objects.get(kind=FamilyKind.PERSONAL)
    other = token.replace(base64url.encode(personal.pk.bytes), base64url.encode(family.pk.bytes))
    assert other != token
    assert codes(post("{me{sub}}", other)) == ["UNAUTHENTICATED"]


ENDS = {
    "its own end": lambda world: asked(
        "mutation($id:ID!){endTokenFamily(id:$id){errors{code}}}", world.token(*MAKER), id=own_id(world)
    ),
    "a new password": lambda world: users.set_password(world.user, PASSWORD + "!"),
    "signing out everywhere": lambda world: users.sign_out_everywhere(world.user),
    "the person switched off": lambda world: users.deactivate(world.user),
    "the client switched off": lambda world: clients.disable(world.app),
    "its age": lambda _: Family.objects.filter(kind=FamilyKind.PERSONAL).update(expires_at=timezone.now()),
    "revocation": lambda world: post_form("/o/revoke_token/", client=world.app, token=TOKEN[0]),
}
TOKEN: list[str] = []


def own_id(world: World) -> str:
    nodes = asked("{me{tokenFamilies{nodes{id kind}}}}", world.token("account:read"))["me"]["tokenFamilies"]["nodes"]
    return next(str(node["id"]) for node in nodes if node["kind"] == "PERSONAL")


@pytest.mark.parametrize("end", ENDS)
def test_T36_what_ends_trust_ends_it(world: World, end: str):
    token = made(world)
    TOKEN[:] = [token]
    assert is_live(token)
    ENDS[end](world)
    assert not is_live(token)


def test_it_does_not_end_with_the_sign_in_or_with_the_token_that_made_it(world: World):
    maker = world.token(*MAKER)
    token = create(maker)["token"]
    asked("mutation{logout{loggedOut}}", maker)
    assert not is_live(maker)
    assert is_live(token)


def test_it_ends_with_what_was_allowed_to_the_client_that_made_it(world: World):
    consent = consents.grant(world.user.pk, world.app.pk, MAKER, [])
    family = world.family(world.user, MAKER)
    Family.objects.filter(pk=family.pk).update(consent=consent)
    token = create(world.token_of(family))["token"]
    assert is_live(token)
    consents.revoke(consent.pk)
    assert not is_live(token)


def test_what_the_role_or_the_client_loses_it_loses(world: World):
    token = made(world, "account:read")
    assert codes(post("{me{sessions{nodes{id}}}}", token)) == []
    Role.objects.filter(name="user").update(scopes=[])
    assert codes(post("{me{sessions{nodes{id}}}}", token)) == ["INSUFFICIENT_SCOPE"]


@pytest.mark.parametrize("mutation", ["signOutEverywhere{signedOut}", "createPersonalAccessToken"])
def test_it_is_never_a_recent_sign_in(world: World, mutation: str):
    token = made(world, "account:write")
    document = CREATE if mutation.startswith("create") else f"mutation{{{mutation}}}"
    response = post(document, token, variables={"n": "x", "s": ["account:write"], "e": soon()})
    assert codes(response) == ["INSUFFICIENT_USER_AUTHENTICATION"]


def test_it_is_told_as_any_other_token_is(world: World):
    token = made(world)
    told = asked("query($t:String!){validateToken(token:$t){active sub clientId scope exp}}", None, t=token)
    assert told["validateToken"]["active"] is True
    assert told["validateToken"]["scope"] == "profile"
    ends = Family.objects.get(kind=FamilyKind.PERSONAL).expires_at
    assert told["validateToken"]["exp"] == int(ends.timestamp())
    resource = make_client("checker", client_type="confidential", scopes=["tokens:introspect"])
    answer: dict[str, object] = dict(post_form("/o/introspect/", client=resource, token=token).body)
    assert (answer["active"], answer["client_id"]) == (True, "app")
    stranger = make_client("stranger", client_type="confidential")
    assert json.loads(post_form("/o/introspect/", client=stranger, token=token).response.getvalue()) == {
        "active": False
    }


def test_it_is_neither_refreshed_nor_exchanged_nor_proved(world: World):
    token = made(world)
    assert token_request(world.app, "refresh_token", refresh_token=token).status == 400
    exchange = {"subject_token": token, "subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}
    exchanger = make_client(
        "exchanger",
        client_type="confidential",
        grant_types=["urn:ietf:params:oauth:grant-type:token-exchange"],
        redirect_uris=[],
    )
    answer = token_request(exchanger, "urn:ietf:params:oauth:grant-type:token-exchange", **exchange)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")
    assert codes(post("{me{sub}}", None)) == ["UNAUTHENTICATED"]
    dpop = Client().post(
        "/graphql", '{"query":"{me{sub}}"}', content_type="application/json", headers={"authorization": f"DPoP {token}"}
    )
    assert dpop.status_code == 401
    assert Client().get("/api/userinfo/", headers=bearer(token)).status_code == 200


def test_it_is_in_the_trail(world: World):
    made(world)
    granted = AuditEvent.objects.filter(event="granted").latest("pk")
    assert (granted.details["kind"], granted.by_client, granted.for_user) == ("personal", "app", world.user.sub)
