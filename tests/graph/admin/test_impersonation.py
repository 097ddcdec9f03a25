"""Speaking for somebody else: only for who may do no more, for a reason, in nobody's stead, and not for long."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from graph import ids
from idp.audit.models import AuditEvent, Event
from idp.models import Role, User
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason, Family, FamilyKind
from tests.dpop import Prover
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post, post_raw
from tests.oauth_ext.token_endpoint import get

IMPERSONATE = """mutation($id:ID!,$r:String!,$s:[String!]!){impersonate(id:$id,reason:$r,scopes:$s){
    token expiresIn tokenFamily{id kind} errors{code field}}}"""
SUPPORT = ("openid", "account:read", "account:write", "users:read", "users:impersonate", "sessions:write")


def begin(world: World, token: str | None = None, **changes: object) -> dict[str, Any]:
    variables = {"id": ids.seal("User", world.user.pk), "r": "Ticket 4711", "s": ["account:read"], **changes}
    answer: dict[str, Any] = asked(IMPERSONATE, token or supporter(world), **variables)["impersonate"]
    return answer


def supporter(world: World) -> str:
    return world.token_of(supporters_family(world))


def supporters_family(world: World) -> Family:
    role, _ = Role.objects.get_or_create(name="support", defaults={"scopes": list(SUPPORT)})
    person = User.objects.filter(username="sue").first() or make_user("sue", role=role.name)
    return world.family(person, SUPPORT)


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"id": "x"}, "NOT_FOUND", "id"),
        ({"r": ""}, "INVALID", "reason"),
        ({"r": " "}, "INVALID", "reason"),
        ({"r": "a" * 501}, "INVALID", "reason"),
        ({"r": "a\x00"}, "INVALID", "reason"),
        ({"s": []}, "INVALID", "scopes"),
        ({"s": ["unknown"]}, "INVALID", "scopes"),
        ({"s": ["users:read"]}, "INVALID", "scopes"),
        ({"s": ["account:read", "clients:read"]}, "INVALID", "scopes"),
        ({"s": ["offline_access"]}, "INVALID", "scopes"),
    ],
)
def test_what_does_not_do_is_told_by_its_field(world: World, changes, code, field):
    answer = begin(world, **changes)
    assert (answer["token"], answer["errors"]) == (None, [{"code": code, "field": field}])
    assert not AuditEvent.objects.filter(event=Event.IMPERSONATED).exists()
    assert not Family.objects.filter(kind=FamilyKind.IMPERSONATION).exists()


def test_nobody_speaks_for_who_may_do_more(world: World):
    answer = begin(world, id=ids.seal("User", world.admin.pk))
    assert [error["code"] for error in answer["errors"]] == ["NOT_ALLOWED"]


def test_nobody_speaks_for_who_is_switched_off(world: World):
    users.deactivate(world.user)
    assert [error["code"] for error in begin(world)["errors"]] == ["NOT_ALLOWED"]


def test_it_wants_its_scope_and_a_person_who_has_just_signed_in(world: World):
    variables = {"id": ids.seal("User", world.user.pk), "r": "x", "s": ["account:read"]}
    lesser = world.token("account:read", "users:read", "sessions:write", user=world.admin)
    assert codes(post(IMPERSONATE, lesser, variables=variables)) == ["INSUFFICIENT_SCOPE"]
    service = world.service_token("users:impersonate")
    assert codes(post(IMPERSONATE, service, variables=variables)) == ["INSUFFICIENT_SCOPE"]
    family = supporters_family(world)
    Family.objects.filter(pk=family.pk).update(auth_time=timezone.now() - timedelta(seconds=400))
    family.refresh_from_db()
    old = post(IMPERSONATE, world.token_of(family), variables=variables)
    assert codes(old) == ["INSUFFICIENT_USER_AUTHENTICATION"]


def test_it_speaks_for_the_person_and_names_who_acts(world: World):
    sue = supporters_family(world).user
    assert sue is not None
    answer = begin(world)
    token = answer["token"]
    assert 0 < answer["expiresIn"] <= 600
    told = claims(token)
    assert (told["sub"], told["act"], told["scope"]) == (str(world.user.sub), {"sub": str(sue.sub)}, "account:read")
    assert asked("{me{sub sessions{nodes{id}}}}", token)["me"]["sub"] == str(world.user.sub)
    assert codes(post("{me{username}}", token)) == ["INSUFFICIENT_SCOPE"]


def test_it_is_no_recent_sign_in_and_goes_no_further(world: World):
    token = begin(world, s=["account:write"])["token"]
    assert codes(post("mutation{signOutEverywhere{signedOut}}", token)) == ["FORBIDDEN"]
    create = (
        'mutation{createPersonalAccessToken(name:"x" scopes:["account:write"] expiresAt:"2026-12-01T00:00:00Z"){token}}'
    )
    assert codes(post(create, token)) == ["FORBIDDEN"]
    variables = {"id": ids.seal("User", world.user.pk), "r": "x", "s": ["account:read"]}
    assert codes(post(IMPERSONATE, token, variables=variables)) == ["INSUFFICIENT_SCOPE"]


def test_the_trail_says_who_why_and_what_was_done(world: World):
    sue = supporters_family(world).user
    assert sue is not None
    token = begin(world, s=["account:write"])["token"]
    asked('mutation{updateProfile(firstName:"Al"){errors{code}}}', token)
    began = AuditEvent.objects.get(event=Event.IMPERSONATED)
    assert (began.by_user, began.by_client, began.for_user) == (sue.sub, "app", world.user.sub)
    assert began.details["reason"] == "Ticket 4711"
    assert began.details["scopes"] == ["account:write"]
    changed = AuditEvent.objects.get(event=Event.PROFILE_CHANGED)
    assert (changed.by_user, changed.for_user) == (sue.sub, world.user.sub)
    own = asked("{me{auditEvents{nodes{event byUser details}}}}", world.token("account:read"))
    kinds = [node["event"] for node in own["me"]["auditEvents"]["nodes"]]
    assert "IMPERSONATED" in kinds
    assert "Ticket" not in json.dumps(own)


ENDS = {
    "the person ends it": lambda world, _: asked(
        "mutation($id:ID!){endTokenFamily(id:$id){errors{code}}}", world.token("account:write"), id=seen(world)
    ),
    "the person signs out everywhere": lambda world, _: users.sign_out_everywhere(world.user),
    "the acting one's grant ends": lambda _, acting: families.end(acting.pk, EndReason.REVOKED),
    "the acting one signs out everywhere": lambda _, acting: users.sign_out_everywhere(acting.user),
    "the client is switched off": lambda world, _: clients.disable(world.app),
}


def seen(world: World) -> str:
    nodes = asked("{me{tokenFamilies{nodes{id kind}}}}", world.token("account:read"))["me"]["tokenFamilies"]["nodes"]
    return next(str(node["id"]) for node in nodes if node["kind"] == "IMPERSONATION")


@pytest.mark.parametrize("end", ENDS)
def test_T36_what_ends_any_party_ends_it(world: World, end: str):
    acting = supporters_family(world)
    token = begin(world, world.token_of(acting))["token"]
    assert codes(post("{me{sub}}", token)) == []
    ENDS[end](world, acting)
    assert codes(post("{me{sub}}", token)) == ["UNAUTHENTICATED"]


def test_what_the_acting_ones_role_loses_it_loses(world: World):
    token = begin(world)["token"]
    assert codes(post("{me{sessions{nodes{id}}}}", token)) == []
    Role.objects.filter(name="support").update(scopes=["users:impersonate"])
    assert codes(post("{me{sessions{nodes{id}}}}", token)) == ["INSUFFICIENT_SCOPE"]


def test_it_ends_by_itself_and_buys_nothing(world: World):
    token = begin(world, s=["openid"])["token"]
    assert get("/o/userinfo/", token).status == 200
    Family.objects.filter(kind=FamilyKind.IMPERSONATION).update(expires_at=timezone.now())
    assert get("/o/userinfo/", token).status == 401


def test_T33_who_proves_a_key_gets_a_token_for_that_key(world: World):
    prover = Prover()
    token = world.token_of(supporters_family(world), jkt=prover.jkt)
    variables = {"id": ids.seal("User", world.user.pk), "r": "x", "s": ["account:read"]}
    proof = prover.proof(htu="http://localhost:8000/graphql", access_token=token)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    response = post_raw(json.dumps({"query": IMPERSONATE, "variables": variables}), headers=headers)
    issued = json.loads(response.content)["data"]["impersonate"]["token"]
    assert claims(issued)["cnf"] == {"jkt": prover.jkt}
    assert codes(post("{me{sub}}", issued)) == ["UNAUTHENTICATED"]
