"""Deleting one's account through the API: by oneself, after a fresh sign-in, with all that it held at once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from graph import ids
from idp.models import User
from tests.graph.asking import World, asked, codes, post

DELETE = "mutation{deleteAccount{deletionDueAt errors{code message field}}}"
SEEN = "query($id:ID!){node(id:$id){... on User{deletionDueAt}}}"
IMPERSONATE = 'mutation($id:ID!){impersonate(id:$id,reason:"x",scopes:["openid"]){token errors{code field}}}'


def test_T59_it_wants_a_recent_sign_in_and_its_scope(world: World):
    assert codes(post(DELETE)) == ["UNAUTHENTICATED"]
    assert codes(post(DELETE, world.token("openid", "account:read"))) == ["INSUFFICIENT_SCOPE"]
    assert codes(post(DELETE, world.service_token("account:write"))) == ["INSUFFICIENT_SCOPE"]
    family = world.family(world.user, ["openid", "account:write"])
    family.auth_time = timezone.now() - timedelta(seconds=301)
    old = world.token_of(family)
    assert codes(post(DELETE, old)) == ["INSUFFICIENT_USER_AUTHENTICATION"]
    assert User.objects.get().deletion_due_at is None


def test_it_is_alone_in_its_operation(world: World):
    token = world.token("account:write")
    twice = "mutation{a:deleteAccount{errors{code}} b:deleteAccount{errors{code}}}"
    assert codes(post(twice, token)) != []
    assert User.objects.get().deletion_due_at is None


def test_every_token_is_dead_and_it_is_said_until_when_it_can_be_kept(world: World):
    mine, other = world.token("openid", "account:write"), world.token("openid", "account:read")
    answer = asked(DELETE, mine)["deleteAccount"]
    assert answer["errors"] == []
    due = datetime.fromisoformat(answer["deletionDueAt"])
    assert abs(due - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    for dead in (mine, other):
        assert codes(post("{me{sub}}", dead)) == ["UNAUTHENTICATED"]
    assert User.objects.get(pk=world.user.pk).deletion_due_at == due


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
def test_whom_the_admin_site_is_open_to_is_refused(world: World, rank):
    User.objects.filter(pk=world.user.pk).update(**{rank: True})
    token = world.token("account:write")
    answer = asked(DELETE, token)["deleteAccount"]
    assert answer["deletionDueAt"] is None
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [("NOT_ALLOWED", None)]
    assert asked("{me{sub}}", token)["me"], "nothing has ended"


def test_who_may_read_everybody_sees_when_it_is_due_and_nobody_impersonates_them(world: World):
    id_ = ids.seal("User", world.user.pk)
    mine = world.token("openid", "profile", "account:write")
    assert asked("{me{deletionDueAt}}", mine)["me"] == {"deletionDueAt": None}
    due = asked(DELETE, mine)["deleteAccount"]["deletionDueAt"]
    boss = world.token("openid", "users:read", "users:impersonate", user=world.admin)
    assert asked(SEEN, boss, id=id_)["node"] == {"deletionDueAt": due}
    answer = asked(IMPERSONATE, boss, id=id_)["impersonate"]
    assert answer == {"token": None, "errors": [{"code": "NOT_ALLOWED", "field": "id"}]}
