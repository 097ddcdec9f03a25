"""What happens to oneself, as it happens: nothing is lost, and nothing comes twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from idp.audit import following
from idp.audit import services as audit
from idp.audit.following import LONGEST_TRANSACTION_SECONDS, Place
from idp.audit.models import AuditEvent
from idp.audit.services import Event, Party
from idp.models import User
from idp.users import services as users
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post
from tests.side_by_side import WAIT_SECONDS, other_connection

FEED = "query($after:String){me{securityEvents(after:$after){cursor hasMore events{event byUser network}}}}"


def feed(token: str, after: str | None = None):
    return asked(FEED, token, after=after)["me"]["securityEvents"]


def test_the_cursor_of_somebody_else_is_none(world: World):
    theirs = feed(world.token("account:read", user=make_user("bob")))["cursor"]
    token = world.token("account:read")
    for after in (theirs, "", "x", "\x00"):
        assert codes(post(FEED, token, variables={"after": after})) == ["BAD_USER_INPUT"]


def test_it_begins_now_and_goes_on_where_it_was_left(world: World, django_assert_num_queries):
    token = world.token("account:read")
    users.set_role(world.user, "admin")
    begun = feed(token)
    assert (begun["events"], begun["hasMore"]) == ([], False)
    users.set_role(world.user, "user")
    users.set_role(make_user("bob"), "admin")
    with django_assert_num_queries(2):
        told = feed(token, begun["cursor"])
    assert [event["event"] for event in told["events"]] == ["ROLE_SET"]
    assert told["events"][0]["byUser"] is None
    assert feed(token, told["cursor"])["events"] == []
    users.set_profile(world.user, first_name="Al")
    assert [event["event"] for event in feed(token, told["cursor"])["events"]] == ["PROFILE_CHANGED"]


def test_who_may_see_everybodys_follows_anybody(world: World):
    key = asked("{me{id}}", world.token("openid"))["me"]["id"]
    document = "query($id:ID!){node(id:$id){... on User{securityEvents{cursor}}}}"
    token = world.token("users:read", "sessions:read", user=world.admin)
    assert asked(document, token, id=key)["node"]["securityEvents"]["cursor"]
    other = world.token("users:read", user=world.admin)
    assert codes(post(document, other, variables={"id": key}))


def test_many_come_page_by_page_and_each_once(db):
    person = make_user("alice").sub
    place = audit.follow(person, None).place
    for _ in range(following.AT_ONCE * 2 + 5):
        audit.record(Event.PROFILE_CHANGED, about=Party(user=person))
    told: list[int] = []
    while True:
        found = audit.follow(person, Place.read(place.written()))
        told += [row.pk for row in found.rows]
        place = found.place
        if not found.more:
            break
    assert len(told) == len(set(told)) == following.AT_ONCE * 2 + 5


def test_what_was_seen_long_ago_is_not_carried_on(db, monkeypatch):
    person = make_user("alice").sub
    place = audit.follow(person, None).place
    assert len(place.seen) == 1
    later = timezone.now() + timedelta(seconds=LONGEST_TRANSACTION_SECONDS + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    found = audit.follow(person, place)
    assert (found.rows, found.place.seen) == ([], {})


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_later_than_its_follower_is_told():
    person = make_user("alice").sub
    place = audit.follow(person, None).place

    def meanwhile() -> following.Followed:
        audit.record(Event.PROFILE_CHANGED, about=Party(user=person))
        return audit.follow(person, place)

    with transaction.atomic():
        audit.record(Event.ROLE_SET, about=Party(user=person))
        thread, found = other_connection(meanwhile)
        thread.join(WAIT_SECONDS)
    (first,) = found
    assert isinstance(first, following.Followed)
    assert [row.event for row in first.rows] == [Event.PROFILE_CHANGED]
    assert [row.event for row in audit.follow(person, first.place).rows] == [Event.ROLE_SET]
    assert AuditEvent.objects.filter(for_user=User.objects.get().sub).count() == 3
