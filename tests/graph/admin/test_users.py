"""Looking after people: found, given roles, let in and not; by nobody for more than they have themselves."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail

from idp.audit.models import AuditEvent
from idp.models import Role, User
from idp.outbox import services as outbox
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.token_endpoint import signed_in

FIND = "query($s:String,$r:String,$a:Boolean){users(search:$s,role:$r,isActive:$a,first:100){nodes{username}}}"
SET_ROLE = "mutation($id:ID!,$r:String!){setUserRole(id:$id,role:$r){user{role} errors{code field}}}"
ON_ID = {
    name: f"mutation($id:ID!){{{name}(id:$id){{user{{isActive}} errors{{code field}}}}}}"
    for name in ("deactivateUser", "activateUser", "signOutUser")
}
RESET = "mutation($id:ID!){sendPasswordReset(id:$id){sent errors{code field}}}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ADMIN = ("users:read", "users:write", "sessions:write")


def names(world: World, **wanted: object) -> list[str]:
    nodes = asked(FIND, world.service_token("users:read"), **wanted)["users"]["nodes"]
    return [node["username"] for node in nodes]


def id_of(user: User, world: World) -> str:
    found = asked(FIND.replace("{username}", "{id}"), world.service_token("users:read"), s=user.username)
    return str(found["users"]["nodes"][0]["id"])


def test_people_are_found_by_the_beginning_of_their_name_their_address_and_role(world: World):
    for name in ("carol", "Caroline", "bob"):
        make_user(name, email=f"{name}@example.com")
    make_user("root", role="admin")
    User.objects.filter(username="bob").update(is_active=False)
    assert names(world) == ["bob", "carol", "Caroline", "root"]
    assert names(world, s="CAROL") == ["carol", "Caroline"]
    assert names(world, s="BOB@example.com") == ["bob"]
    assert names(world, s="b%") == names(world, s="_ob") == names(world, s="\x00") == []
    assert names(world, r="admin") == ["root"]
    assert names(world, r="nobody") == names(world, r="\x00") == []
    assert names(world, a=False) == ["bob"]


def test_a_page_of_people_costs_one_statement(world: World, django_assert_num_queries):
    for number in range(5):
        make_user(f"person{number}")
    token = world.service_token("users:read")
    asked("{__typename}", token)
    with django_assert_num_queries(2):
        asked("{users{nodes{id sub username email emailVerified role roles{name} isActive}}}", token)


@pytest.mark.parametrize("scopes", [("openid", "profile"), ("account:read", "account:write"), ("roles:read",)])
def test_T89_finding_people_needs_its_scope(world: World, scopes):
    assert codes(post("{users{nodes{id}}}", world.token(*scopes, user=world.admin))) == ["INSUFFICIENT_SCOPE"]


def test_T89_a_role_that_lost_the_scope_opens_nothing(world: World):
    token = world.token("users:read", user=world.admin)
    assert asked("{users{nodes{id}}}", token)
    Role.objects.filter(name="admin").update(scopes=[])
    assert codes(post("{users{nodes{id}}}", token)) == ["INSUFFICIENT_SCOPE"]


def test_deactivating_ends_all_they_have_and_activating_wakes_nothing(world: World):
    alice = signed_in(world.app, world.user, scope="openid account:read")
    admin = world.service_token(*ADMIN)
    alice_id = id_of(world.user, world)
    answer = asked(ON_ID["deactivateUser"], admin, id=alice_id)["deactivateUser"]
    assert answer == {"user": {"isActive": False}, "errors": []}
    assert not alice.is_live()
    assert asked(ON_ID["activateUser"], admin, id=alice_id)["activateUser"]["user"] == {"isActive": True}
    assert not alice.is_live()


def test_T55_somebody_is_signed_out_everywhere(world: World):
    alice = signed_in(world.app, world.user, scope="openid")
    bob = signed_in(world.app, make_user("bob"), scope="openid")
    answer = asked(ON_ID["signOutUser"], world.service_token(*ADMIN), id=id_of(world.user, world))
    assert answer["signOutUser"]["errors"] == []
    assert not alice.is_live()
    assert bob.is_live()


def test_a_role_is_given_and_counts_at_once(world: World):
    Role.objects.create(name="clerk", scopes=["users:read"])
    bob = make_user("bob")
    token = world.token("users:read", user=bob)
    assert codes(post("{users{nodes{id}}}", token)) == ["INSUFFICIENT_SCOPE"]
    given = asked(SET_ROLE, world.service_token(*ADMIN), id=id_of(bob, world), r="clerk")["setUserRole"]
    assert given == {"user": {"role": "clerk"}, "errors": []}
    assert asked("{users{nodes{id}}}", token)["users"]["nodes"]


@pytest.mark.parametrize(
    ("role", "error"),
    [
        ("admin", {"code": "NOT_ALLOWED", "field": "role"}),
        ("nonsense", {"code": "NOT_FOUND", "field": "role"}),
        ("\x00", {"code": "NOT_FOUND", "field": "role"}),
    ],
)
def test_nobody_gives_what_they_do_not_hold(world: World, role, error):
    clerk = make_user("clerk", role="admin")
    token = world.token("users:read", "users:write", user=clerk)
    bob = make_user("bob")
    refused = asked(SET_ROLE, token, id=id_of(bob, world), r=role)["setUserRole"]
    assert refused == {"user": None, "errors": [error]}
    bob.refresh_from_db()
    assert bob.role.name == "user"


@pytest.mark.parametrize("name", ON_ID)
def test_nobody_touches_who_may_do_more(world: World, name):
    refused = asked(ON_ID[name], world.service_token(*ADMIN), id=id_of(world.admin, world))[name]
    assert refused == {"user": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
    world.admin.refresh_from_db()
    assert (world.admin.is_active, world.admin.epoch) == (True, 0)


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("name", ON_ID)
def test_nobody_touches_who_may_do_everything_in_djangos_admin(world: World, name, flag):
    User.objects.filter(pk=world.user.pk).update(**{flag: True})
    refused = asked(ON_ID[name], world.service_token(*ADMIN), id=id_of(world.user, world))[name]
    assert refused == {"user": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}


@pytest.mark.parametrize("name", ON_ID)
@pytest.mark.parametrize("scopes", [("account:write",), ("users:read",), ("clients:write",)])
def test_T89_changing_people_needs_its_scope(world: World, name, scopes):
    response = post(ON_ID[name], world.service_token(*scopes), variables={"id": "x"})
    assert response.status_code == 403
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


@pytest.mark.parametrize("name", ON_ID)
def test_nobody_is_found_by_what_is_no_id(world: World, name):
    for id_asked in ("", "x", "\x00", "a" * 3000):
        errors = asked(ON_ID[name], world.service_token(*ADMIN), id=id_asked)[name]["errors"]
        assert errors == [{"code": "NOT_FOUND", "field": "id"}]


def test_T79_a_reset_is_mailed_to_the_person_and_shown_to_nobody_else(world: World):
    User.objects.filter(pk=world.user.pk).update(email="alice@example.com")
    answer = asked(RESET, world.service_token("users:write"), id=id_of(world.user, world))
    assert answer["sendPasswordReset"] == {"sent": True, "errors": []}
    outbox.run_once()
    [message] = mail.outbox
    assert message.to == ["alice@example.com"]
    assert re.search(r"/accounts/password/reset/key/\S+", str(message.body))
    event = AuditEvent.objects.get(event="password_reset_sent")
    assert (event.by_client, event.for_user, event.details) == (world.service.client_id, world.user.sub, {})


@pytest.mark.parametrize("lacks", [{"email": ""}, {"is_active": False}, {"deletion_due_at": EPOCH}])
def test_T79_no_reset_is_mailed_without_an_address_nor_to_who_may_not_sign_in(world: World, lacks):
    User.objects.filter(pk=world.user.pk).update(**{"email": "alice@example.com"} | lacks)
    answer = asked(RESET, world.service_token("users:write"), id=id_of(world.user, world))
    assert answer["sendPasswordReset"] == {"sent": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
    assert outbox.run_once() == 0
    assert AuditEvent.objects.filter(event="password_reset_sent").count() == 0


def test_T79_no_reset_is_mailed_to_who_was_switched_off_meanwhile(world: World):
    User.objects.filter(pk=world.user.pk).update(email="alice@example.com")
    asked(RESET, world.service_token("users:write"), id=id_of(world.user, world))
    User.objects.filter(pk=world.user.pk).update(is_active=False)
    outbox.run_once()
    assert mail.outbox == []


def test_T79_a_reset_for_others_needs_its_scope_and_no_lesser_rank(world: World):
    assert codes(post(RESET, world.service_token("users:read"), variables={"id": "x"})) == ["INSUFFICIENT_SCOPE"]
    answer = asked(RESET, world.service_token(*ADMIN), id=id_of(world.admin, world))
    assert answer["sendPasswordReset"] == {"sent": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
