"""Inviting people: by nobody to more than they have themselves, and it ends with whoever did it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from graph import ids
from idp.audit.models import AuditEvent
from idp.models import Invitation, OutboxMessage, Role
from idp.outbox import services as outbox
from idp.users import services as users
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post

INVITE = """mutation($e:String!,$r:String!){inviteUser(email:$e,role:$r){
    invitation{id email role state expiresAt} errors{code field}}}"""
REVOKE = "mutation($id:ID!){revokeInvitation(id:$id){invitation{state} errors{code field}}}"
LIST = "{invitations{nodes{email state}}}"
CAROL = "carol@example.com"


def invite(token: str, email: str = CAROL, role: str = "user") -> dict[str, Any]:
    answer: dict[str, Any] = asked(INVITE, token, e=email, r=role)["inviteUser"]
    return answer


def refused(payload: dict[str, Any]) -> tuple[str, str]:
    assert payload["invitation"] is None
    [error] = payload["errors"]
    return error["code"], error["field"]


def states(world: World) -> list[tuple[str, str]]:
    nodes = asked(LIST, world.service_token("users:read"))["invitations"]["nodes"]
    return [(node["email"], node["state"]) for node in nodes]


@pytest.mark.parametrize("scopes", [("openid", "account:write"), ("users:read", "roles:write")])
def test_T89_inviting_needs_its_scope(world: World, scopes):
    token = world.token(*scopes, user=world.admin)
    assert codes(post(INVITE, token, variables={"e": CAROL, "r": "user"})) == ["INSUFFICIENT_SCOPE"]
    assert codes(post(REVOKE, token, variables={"id": "x"})) == ["INSUFFICIENT_SCOPE"]
    assert codes(post(LIST, world.token("users:write", user=world.admin))) == ["INSUFFICIENT_SCOPE"]


def test_T89_nobody_gives_a_role_that_may_do_more_than_their_token(world: World):
    assert refused(invite(world.token("users:write", user=world.admin), role="admin")) == ("NOT_ALLOWED", "role")
    assert refused(invite(world.service_token("users:write"), role="admin")) == ("NOT_ALLOWED", "role")
    assert refused(invite(world.service_token("users:write"), role="nobody")) == ("NOT_FOUND", "role")
    everything = Role.objects.get(name="admin").scopes
    assert invite(world.token(*everything, user=world.admin), role="admin")["errors"] == []
    given = ids.seal("Invitation", Invitation.objects.get().pk)
    taken = asked(REVOKE, world.service_token("users:write"), id=given)["revokeInvitation"]
    assert refused(taken) == ("NOT_ALLOWED", "id")
    assert states(world) == [(CAROL, "OPEN")]


@pytest.mark.parametrize("bad", ["", "carol", "a\x00@example.com", "a@b\r\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(world: World, bad):
    assert refused(invite(world.service_token("users:write"), bad)) == ("INVALID", "email")
    assert not OutboxMessage.objects.exists()


def test_who_has_an_account_is_not_invited(world: World):
    make_user("carol", email="Carol@example.com")
    EmailAddress.objects.create(user=make_user("dave"), email="dave@work.example", verified=True)
    for email in (CAROL, "dave@work.example"):
        assert refused(invite(world.service_token("users:write"), email)) == ("TAKEN", "email")


def test_the_mail_has_the_link_and_nothing_else_has(world: World):
    answer = invite(world.service_token("users:write"), " Carol@Example.com ")["invitation"]
    assert (answer["email"], answer["role"], answer["state"]) == (CAROL, "user", "OPEN")
    outbox.run_once()
    [message] = mail.outbox
    assert (message.to, message.subject) == ([CAROL], "You are invited")
    key = str(message.body).partition("/accounts/invitation/")[2].partition("/")[0]
    assert len(key) == 43
    kept = str([*Invitation.objects.values(), *OutboxMessage.objects.values(), *AuditEvent.objects.values()])
    assert key not in kept
    assert [(row.event, row.by_client) for row in AuditEvent.objects.filter(event="user_invited")] == [
        ("user_invited", "service")
    ]


def test_another_one_takes_the_place_of_the_one_before(world: World):
    for _ in range(2):
        assert invite(world.service_token("users:write"))["errors"] == []
    assert states(world) == [(CAROL, "OPEN"), (CAROL, "REVOKED")]
    outbox.run_once()
    assert len(mail.outbox) == 1, "the link of the first is dead before it is mailed"


def test_T89_one_for_another_role_is_not_replaced_by_who_could_not_take_it_back(world: World):
    everything = Role.objects.get(name="admin").scopes
    assert invite(world.token(*everything, user=world.admin), role="admin")["errors"] == []
    assert refused(invite(world.service_token("users:write"))) == ("NOT_ALLOWED", "email")
    assert states(world) == [(CAROL, "OPEN")]


def test_what_is_taken_back_is_taken_back_once(world: World):
    token = world.service_token("users:write")
    given = invite(token)["invitation"]["id"]
    assert asked(REVOKE, token, id=given)["revokeInvitation"] == {"invitation": {"state": "REVOKED"}, "errors": []}
    for id_asked in (given, "x", ids.seal("User", 1)):
        assert refused(asked(REVOKE, token, id=id_asked)["revokeInvitation"]) == ("NOT_FOUND", "id")
    assert AuditEvent.objects.filter(event="invitation_revoked").count() == 1
    outbox.run_once()
    assert mail.outbox == []


@pytest.mark.parametrize("end", ["deactivated", "another role"])
def test_it_lapses_with_whoever_invited(world: World, end):
    invite(world.token("users:write", user=world.admin))
    if end == "deactivated":
        users.deactivate(world.admin)
    else:
        users.set_role(world.admin, "user")
    assert states(world) == [(CAROL, "LAPSED")]
    outbox.run_once()
    assert mail.outbox == []


def test_it_expires(world: World):
    invite(world.service_token("users:write"))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert states(world) == [(CAROL, "EXPIRED")]


def test_a_node_is_given_to_whom_the_list_is(world: World):
    given = invite(world.service_token("users:write"))["invitation"]["id"]
    node = "query($id:ID!){node(id:$id){... on Invitation{email}}}"
    assert asked(node, world.service_token("users:read"), id=given) == {"node": {"email": CAROL}}
    assert codes(post(node, world.token("openid"), variables={"id": given})) == ["INSUFFICIENT_SCOPE"]


def test_a_mailbox_is_not_flooded(world: World):
    token = world.service_token("users:write")
    told = [codes(post(INVITE, token, variables={"e": CAROL, "r": "user"})) for _ in range(4)]
    assert told == [[], [], [], ["RATE_LIMITED"]]
    assert Invitation.objects.count() == 3
    assert states(world)[0] == (CAROL, "OPEN"), "the one too many has taken no place"


def test_a_page_costs_one_statement(world: World, django_assert_num_queries):
    for number in range(3):
        invite(world.token("users:write", user=world.admin), f"carol{number}@example.com")
    token = world.service_token("users:read")
    asked("{__typename}", token)
    with django_assert_num_queries(2):
        asked(LIST, token)
