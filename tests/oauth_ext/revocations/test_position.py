"""Rows that are written first and committed last are not passed over."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import LONGEST_TRANSACTION_SECONDS, Event, Party
from oauth_ext.revocations import services as revocations
from oauth_ext.revocations.position import MOST_MISSING, Position
from tests.factories import make_user
from tests.side_by_side import WAIT_SECONDS, other_connection

NOW = timezone.now()


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_committed_later_than_its_follower_is_told():
    early, late = make_user("early"), make_user("late")
    position = revocations.read().position

    def meanwhile() -> revocations.Read:
        audit.record(Event.SIGNED_OUT_EVERYWHERE, about=Party(user=late.sub))
        return revocations.read(Position.read(position.written()))  # as it comes back from a client

    with transaction.atomic():
        audit.record(Event.SIGNED_OUT_EVERYWHERE, about=Party(user=early.sub))
        thread, found = other_connection(meanwhile)
        thread.join(WAIT_SECONDS)
    (first,) = found
    assert [ended.sub for ended in first.revocations] == [late.sub]
    second = revocations.read(first.position)
    assert [ended.sub for ended in second.revocations] == [early.sub]
    assert revocations.read(second.position).revocations == []


def test_what_was_rolled_back_is_waited_for_as_long_as_a_transaction_may_take():
    position = Position(10, NOW.timestamp())
    position.see(13, NOW)
    position.rest(NOW + timedelta(seconds=LONGEST_TRANSACTION_SECONDS), at_end=False)
    assert set(position.missing) == {11, 12}
    position.see(12, NOW)
    assert set(position.missing) == {11}
    assert position.last == 13
    position.rest(NOW + timedelta(seconds=LONGEST_TRANSACTION_SECONDS + 1), at_end=False)
    assert not position.missing


def test_a_gap_without_end_makes_no_position_without_end():
    position = Position(0, NOW.timestamp())
    position.see(10**9, NOW)
    position.see(2 * 10**9, NOW)
    position.rest(NOW, at_end=True)
    assert len(position.missing) == MOST_MISSING
    assert Position.read(position.written()) == position
    assert len(position.written()) < 40_000
