"""Accounts at other providers, through GraphQL: shown to the person, unlinked after a recent sign-in, not the last."""

import json

from graph import ids
from idp.models import AuditEvent, Identity, OutboxMessage, User
from idp.providers import identities
from idp.providers.services import Proof
from tests.factories import make_user
from tests.graph.asking import World, codes, post

LISTED = "{me{linkedIdentities{id provider issuer linkedAt lastUsedAt}}}"
UNLINK = "mutation($id:ID!){unlinkIdentity(id:$id){user{linkedIdentities{id}}errors{code field}}}"


def linked(user: User, subject: str = "1001") -> Identity:
    return identities.link(user, Proof("x", "https://accounts.example", subject, "aal1", []))


def unlink(world: World, row: Identity, *scopes: str):
    id_ = ids.seal("LinkedIdentity", row.pk)
    return post(UNLINK, world.token(*(scopes or ("account:write", "account:read"))), variables={"id": id_})


def errors(response) -> list[str]:
    return [error["code"] for error in json.loads(response.content)["data"]["unlinkIdentity"]["errors"]]


def test_they_are_shown_to_the_person_without_who_they_are_there(world: World):
    linked(world.user, "a subject of alice's")
    response = post(LISTED, world.token("account:read"))
    (found,) = json.loads(response.content)["data"]["me"]["linkedIdentities"]
    assert (found["issuer"], found["provider"]) == ("https://accounts.example",) * 2
    assert b"a subject" not in response.content
    assert codes(post(LISTED, world.token("openid"))) == ["INSUFFICIENT_SCOPE"]


def test_T55_unlinking_wants_the_scope(world: World):
    assert codes(unlink(world, linked(world.user), "account:read")) == ["INSUFFICIENT_SCOPE"]
    assert Identity.objects.exists()


def test_somebody_elses_is_not_there(world: World):
    row = linked(make_user("bob"))
    assert errors(unlink(world, row)) == ["NOT_FOUND"]
    assert Identity.objects.exists()


def test_T76_the_last_way_in_stays(world: World):
    row = linked(world.user)
    world.user.set_unusable_password()
    world.user.save(update_fields=["password"])
    assert errors(unlink(world, row)) == ["NOT_ALLOWED"]
    assert Identity.objects.exists()


def test_one_is_unlinked_told_and_recorded(world: World):
    assert errors(unlink(world, linked(world.user))) == []
    assert not Identity.objects.exists()
    assert AuditEvent.objects.filter(event="identity_unlinked", for_user=world.user.sub).exists()
    assert OutboxMessage.objects.filter(topic="notice").count() == (2 if world.user.email else 0)
