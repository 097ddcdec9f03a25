"""What is good for one use is used once, by whichever process comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from oauth_ext.replay.cleaning import clean_used
from oauth_ext.replay.models import UsedOnce
from oauth_ext.replay.services import use


def soon():
    return timezone.now() + timedelta(minutes=1)


@pytest.mark.django_db
def test_a_value_is_used_once_for_each_purpose_and_owner():
    assert use("proof", "alice", "1", until=soon())
    assert not use("proof", "alice", "1", until=soon())
    assert use("proof", "bob", "1", until=soon())
    assert use("assertion", "alice", "1", until=soon())
    assert use("proof", "alice", "2", until=soon())


@pytest.mark.django_db
def test_using_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        use("proof", "alice", "1", until=soon())


@pytest.mark.django_db
def test_what_was_used_is_hashed():
    use("proof", "alice", "a-guessable-value", until=soon())
    assert "guessable" not in UsedOnce.objects.get().digest


@pytest.mark.django_db
def test_it_is_known_until_it_would_be_refused_anyway():
    use("proof", "alice", "1", until=soon())
    assert clean_used() == 0
    assert not use("proof", "alice", "1", until=soon())
    UsedOnce.objects.update(expires_at=timezone.now() - timedelta(minutes=6))
    assert clean_used() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_uses_it():
    until = soon()

    def attempt(_: int) -> bool:
        try:
            return use("proof", "alice", "1", until=until)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(attempt, range(32))).count(True) == 1
