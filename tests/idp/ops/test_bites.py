"""Deleting in bites: so many at once, and nothing that somebody else holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from idp.ops.bites import delete_in_bites
from idp.outbox.models import OutboxMessage


def messages(count: int) -> None:
    OutboxMessage.objects.bulk_create(OutboxMessage(topic="x", payload="") for _ in range(count))


@pytest.mark.django_db
def test_deleting_goes_in_bites_stops_after_some_and_says_whether_there_is_more():
    messages(25)
    first = delete_in_bites(OutboxMessage.objects.all(), bite=10, bites=2)
    assert (first, first.more) == (20, True)
    last = delete_in_bites(OutboxMessage.objects.all(), bite=10, bites=2)
    assert (last, last.more) == (5, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("one", "other"), [(True, False), (False, True), (True, True), (False, False)])
def test_of_two_tables_there_is_more_if_there_is_in_one(one, other):
    messages(10)
    rows = {True: OutboxMessage.objects.all(), False: OutboxMessage.objects.none()}
    both = delete_in_bites(rows[one], bite=2, bites=2) + delete_in_bites(rows[other], bite=2, bites=2)
    assert (both, both.more) == (4 * (one + other), one or other)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_left_and_not_waited_for():
    messages(3)
    held = OutboxMessage.objects.order_by("pk")[1].pk

    def clean() -> int:
        try:
            return delete_in_bites(OutboxMessage.objects.all())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        OutboxMessage.objects.filter(pk=held).update(attempts=1)
        assert pool.submit(clean).result(timeout=10) == 2
    assert list(OutboxMessage.objects.values_list("pk", flat=True)) == [held]
