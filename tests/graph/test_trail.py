"""What happened, and who is told: oneself of oneself, and who may read the trail of everybody."""

import pytest
from django.test import Client

from graph.trail.kinds import AuditEventKind
from idp.audit.models import AuditEvent, Event
from idp.users import deletion
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.keys import services as keys
from tests.factories import make_client, make_user
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.token_endpoint import signed_in

TRAIL = """query($e:AuditEventKind,$u:UUID,$c:String){auditEvents(event:$e,aboutUser:$u,byClient:$c){
    nodes{event at byUser byClient aboutUser aboutClient network details}}}"""
OWN = "{me{auditEvents{nodes{event at byUser byClient aboutUser aboutClient network details}}}}"


def trail(world: World, **wanted: str) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = asked(TRAIL, world.service_token("audit:read"), **wanted)["auditEvents"]["nodes"]
    return nodes


def newest(event: Event) -> AuditEvent:
    return AuditEvent.objects.filter(event=event).latest("pk")


def test_a_sign_in_a_grant_and_its_end_are_told(world: World):
    person = signed_in(world.app, world.user, scope="openid account:read account:write")
    post("mutation{logout{loggedOut}}", person.access_token)
    sub = str(world.user.sub)
    told = trail(world, u=sub)
    assert [node["event"] for node in told] == [
        "SESSION_ENDED", "GRANT_ENDED", "GRANTED", "CONSENT_GIVEN", "SIGNED_IN", "USER_CREATED",
    ]  # fmt: skip
    ended, granted = told[1], told[2]
    assert (ended["byUser"], ended["byClient"], ended["aboutUser"]) == (sub, "app", sub)
    assert (granted["byUser"], granted["byClient"], granted["aboutClient"]) == (None, "app", "app")
    assert ended["network"] == "127.0.0.0/24"
    assert ended["details"]["reason"] == "signed_out"  # type: ignore[index]
    assert {node["event"] for node in trail(world, e="GRANTED")} == {"GRANTED"}
    assert {node["event"] for node in trail(world, c="app")} == {"SESSION_ENDED", "GRANT_ENDED", "GRANTED"}


def test_a_wrong_password_is_told_and_what_was_typed_is_not(world: World):
    for name in ("alice", "my-own-pass-typed-as-name"):
        world.user.refresh_from_db()
        Client(REMOTE_ADDR="203.0.113.9").post("/accounts/login/", {"login": name, "password": "a-wrong-one"})
    known, unknown = AuditEvent.objects.filter(event=Event.SIGN_IN_FAILED).order_by("pk")
    assert (known.for_user, unknown.for_user) == (world.user.sub, None)
    assert known.network == "203.0.113.0/24"
    assert (known.by_user, known.details, unknown.details) == (None, {}, {})


def test_one_is_told_of_oneself_but_not_who_else_did_it(world: World):
    users.set_role(world.user, "admin")
    make_user("bob")
    nodes = asked(OWN, world.token("account:read"))["me"]["auditEvents"]["nodes"]
    assert [node["event"] for node in nodes] == ["ROLE_SET", "USER_CREATED"]
    assert {(node["byUser"], node["aboutUser"], node["details"]) for node in nodes} == {(None, None, None)}


def test_one_is_not_told_from_where_somebody_else_did_it(world: World):
    person = signed_in(world.app, world.user, scope="openid account:read")
    [session] = asked("{me{sessions{nodes{id}}}}", person.access_token)["me"]["sessions"]["nodes"]
    boss = world.token("sessions:write", user=world.admin)
    asked("mutation($id:ID!){endSession(id:$id){errors{code}}}", boss, id=session["id"])
    nodes = asked(OWN, world.token("account:read"))["me"]["auditEvents"]["nodes"]
    networks = {node["event"]: node["network"] for node in nodes}
    assert (networks["SESSION_ENDED"], networks["GRANTED"]) == ("", "127.0.0.0/24")
    assert newest(Event.SESSION_ENDED).network == "127.0.0.0/24"


@pytest.mark.parametrize("scopes", [("openid",), ("account:read",), ("users:read", "sessions:read")])
def test_the_trail_needs_its_scope(world: World, scopes):
    response = post("{auditEvents{nodes{id}}}", world.token(*scopes, user=world.admin))
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_an_administrator_is_named_by_the_act(world: World):
    person = signed_in(world.app, world.user, scope="openid account:read")
    [session] = asked("{me{sessions{nodes{id}}}}", person.access_token)["me"]["sessions"]["nodes"]
    boss = world.token("sessions:write", user=world.admin)
    asked("mutation($id:ID!){endSession(id:$id){errors{code}}}", boss, id=session["id"])
    event = newest(Event.SESSION_ENDED)
    assert (event.by_user, event.by_client, event.for_user) == (world.admin.sub, "app", world.user.sub)


@pytest.mark.parametrize(
    ("event", "act"),
    [
        (Event.PASSWORD_SET, lambda user, _: users.set_password(user, "another long password")),
        (Event.USER_DEACTIVATED, lambda user, _: users.deactivate(user)),
        (Event.SIGNED_OUT_EVERYWHERE, lambda user, _: users.sign_out_everywhere(user)),
        (Event.DELETION_ASKED, lambda user, _: deletion.ask(user)),
        (Event.PROFILE_CHANGED, lambda user, _: users.set_profile(user, first_name="A")),
        (Event.ROLE_SET, lambda user, _: users.set_role(user, "admin")),
        (Event.CLIENT_DISABLED, lambda _, client: clients.disable(client)),
        (Event.CLIENT_ENABLED, lambda _, client: clients.enable(client)),
        (Event.CLIENT_TRUST_SET, lambda _, client: clients.set_trusted(client, trusted=True)),
        (Event.CLIENT_SECRET_ADDED, lambda _, client: clients.add_secret(client)),
        (Event.KEY_CHANGED, lambda _, __: keys.rotate(force=True)),
    ],
)
def test_each_act_of_an_administrator_is_written_down(world: World, event, act):
    client = make_client("shop", client_type="confidential")
    act(world.user, client)
    written = newest(event)
    assert (written.for_user, written.for_client) in {(world.user.sub, ""), (None, "shop"), (None, "")}
    assert "password" not in str(written.details)


def test_activating_who_is_active_is_no_event(world: World):
    users.activate(world.user)
    assert users.set_role(world.user, "user") is False
    assert not AuditEvent.objects.filter(event__in=[Event.USER_ACTIVATED, Event.ROLE_SET]).exists()


def test_every_kind_that_is_written_can_be_told():
    assert [kind.name for kind in AuditEventKind] == [event.name for event in Event]


def test_a_page_of_the_trail_costs_one_statement(world: World, django_assert_num_queries):
    token = world.service_token("audit:read")
    for number in range(5):
        make_user(f"person{number}")
    asked("{__typename}", token)
    with django_assert_num_queries(2):
        assert len(asked(TRAIL, token)["auditEvents"]["nodes"]) >= 5
