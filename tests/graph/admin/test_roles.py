"""Roles: made and changed by who may, with no power that they lack."""

import pytest

from idp.audit.models import AuditEvent, Event
from idp.models import Role
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post

CREATE = """mutation($n:String!,$s:[String!]!,$d:String!){
    createRole(name:$n,scopes:$s,description:$d){role{name scopes description} errors{code field}}}"""
UPDATE = """mutation($id:ID!,$s:[String!],$d:String){
    updateRole(id:$id,scopes:$s,description:$d){role{scopes description} errors{code field}}}"""
ADMIN = ("roles:read", "roles:write", "users:read")


def id_of(name: str, world: World) -> str:
    roles = asked("{roles{id name}}", world.service_token("roles:read"))["roles"]
    return next(str(role["id"]) for role in roles if role["name"] == name)


def test_a_role_is_made_given_and_changed_and_each_counts_at_once(world: World):
    token = world.service_token(*ADMIN)
    made = asked(CREATE, token, n="clerk", s=["users:read", "account:read"], d="Looks people up.")["createRole"]
    role = {"name": "clerk", "scopes": ["users:read", "account:read"], "description": "Looks people up."}
    assert made == {"role": role, "errors": []}
    clerk = world.token("users:read", user=make_user("clerk", role="clerk"))
    assert codes(post("{users{nodes{id}}}", clerk)) == []
    changed = asked(UPDATE, token, id=id_of("clerk", world), s=[])["updateRole"]
    assert changed == {"role": {"scopes": [], "description": "Looks people up."}, "errors": []}
    assert codes(post("{users{nodes{id}}}", clerk)) == ["INSUFFICIENT_SCOPE"]
    events = AuditEvent.objects.filter(event__in=[Event.ROLE_CREATED, Event.ROLE_CHANGED]).order_by("pk")
    assert [(event.event, event.by_client) for event in events] == [
        ("role_created", "service"),
        ("role_changed", "service"),
    ]


def test_all_that_is_wrong_is_told_at_once(world: World):
    refused = asked(CREATE, world.service_token(*ADMIN), n="a b\x00", s=["nonsense"], d="x" * 256)["createRole"]
    assert refused["role"] is None
    assert refused["errors"] == [{"code": "INVALID", "field": name} for name in ("name", "scopes", "description")]


def test_a_name_is_taken_once(world: World):
    refused = asked(CREATE, world.service_token(*ADMIN), n="user", s=[], d="")["createRole"]
    assert refused == {"role": None, "errors": [{"code": "TAKEN", "field": "name"}]}


@pytest.mark.parametrize("scope", ["users:write", "audit:read", "tokens:introspect"])
def test_nobody_makes_a_role_that_may_do_more_than_themselves(world: World, scope):
    token = world.service_token(*ADMIN)
    error = [{"code": "NOT_ALLOWED", "field": "scopes"}]
    assert asked(CREATE, token, n="boss", s=[scope], d="")["createRole"]["errors"] == error
    assert asked(UPDATE, token, id=id_of("user", world), s=[scope])["updateRole"]["errors"] == error
    assert not Role.objects.filter(name="boss").exists()


def test_nobody_changes_a_role_that_may_do_more_than_themselves(world: World):
    refused = asked(UPDATE, world.service_token(*ADMIN), id=id_of("admin", world), s=[])["updateRole"]
    assert refused == {"role": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
    assert "audit:read" in Role.objects.get(name="admin").scopes


def test_T89_changing_roles_needs_its_scope(world: World):
    response = post(UPDATE, world.service_token("roles:read", "users:write"), variables={"id": "x"})
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


DELETE = "mutation($id:ID!){deleteRole(id:$id){role{name} errors{code field}}}"


def delete(world: World, role_id: str) -> dict[str, object]:
    answer: dict[str, object] = asked(DELETE, world.service_token(*ADMIN), id=role_id)["deleteRole"]
    return answer


@pytest.mark.parametrize("name", ["user", "held"])
def test_a_role_that_somebody_has_or_will_get_is_not_removed(world: World, name: str):
    Role.objects.create(name="held", scopes=[])
    make_user("holder", role="held")
    assert delete(world, id_of(name, world)) == {"role": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
    assert Role.objects.filter(name=name).exists()


def test_nobody_removes_a_role_that_may_do_more(world: World):
    Role.objects.create(name="boss", scopes=["users:write"])
    errors = delete(world, id_of("boss", world))["errors"]
    assert errors == [{"code": "NOT_ALLOWED", "field": "id"}]


def test_a_role_that_nobody_has_is_removed_once(world: World):
    Role.objects.create(name="empty", scopes=["users:read"])
    key = id_of("empty", world)
    assert delete(world, key) == {"role": {"name": "empty"}, "errors": []}
    assert delete(world, key) == {"role": None, "errors": [{"code": "NOT_FOUND", "field": "id"}]}
    assert AuditEvent.objects.get(event=Event.ROLE_REMOVED).details == {"role": "empty"}
    assert codes(post(DELETE, world.service_token("roles:read"), variables={"id": key})) == ["INSUFFICIENT_SCOPE"]
