"""The limiter counts right, wherever it counts and however many ask at once."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from redis import Redis

from idp.ops import redis
from idp.ratelimit import services
from idp.ratelimit.cleaning import clean_buckets
from idp.ratelimit.models import Bucket
from idp.ratelimit.services import Limited, Rate, give_back, take

SLOW = Rate(10, per_seconds=3600)

pytestmark = pytest.mark.usefixtures("no_breaker")


@pytest.fixture(params=["redis", "database"])
def kept_in(request, settings, db):
    """Where the limiter counts."""
    if request.param == "database":
        settings.REDIS_URL = ""
    else:
        Redis.from_url(settings.REDIS_URL).flushdb()
    return request.param


def passed(name: str, key: str, rate: Rate, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            take(name, key, rate)
        except Limited:
            continue
        count += 1
    return count


def test_a_burst_passes_and_the_next_waits(kept_in):
    assert passed("sign-in", "somebody", SLOW, 30) == 10
    with pytest.raises(Limited) as limited:
        take("sign-in", "somebody", SLOW)
    assert 350 <= limited.value.retry_after <= 360


def test_each_limit_and_each_key_has_its_own(kept_in):
    assert passed("sign-in", "one", SLOW, 11) == 10
    assert passed("sign-in", "two", SLOW, 11) == 10
    assert passed("tokens", "one", SLOW, 11) == 10


def test_it_fills_again_with_time(kept_in):
    rate, began, counts = Rate(2, per_seconds=1), time.monotonic(), []
    for wait in (0, 0.6, 1.2):
        time.sleep(wait)
        counts.append(passed("x", "k", rate, 5))
    # a busy machine takes longer, and then more may pass
    assert all(count >= least for count, least in zip(counts, (2, 1, 2), strict=True))
    assert sum(counts) <= rate.burst + (time.monotonic() - began) / rate.interval


def test_what_is_given_back_may_be_taken_again_and_no_more(kept_in):
    assert passed("x", "k", SLOW, 10) == 10
    give_back("x", "k", SLOW)
    assert passed("x", "k", SLOW, 5) == 1
    for _ in range(30):
        give_back("x", "k", SLOW)
    assert passed("x", "k", SLOW, 30) == 10


def test_no_key_stands_in_clear(kept_in):
    take("x", "192.0.2.1", SLOW)
    names = [str(key) for key in Redis.from_url(django_settings.REDIS_URL).scan_iter()] if kept_in == "redis" else []
    names += list(Bucket.objects.values_list("key", flat=True))
    assert len(names) == 1
    assert "192.0.2.1" not in names[0]


def test_in_redis_nothing_is_left_when_the_bucket_is_full_again(kept_in):
    take("x", "k", Rate(2, per_seconds=0.2))
    if kept_in == "redis":
        time.sleep(0.3)
        assert Redis.from_url(django_settings.REDIS_URL).keys() == []
    else:
        time.sleep(0.3)
        assert clean_buckets() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["redis", "database"])
def test_32_at_once_get_no_more_than_there_is(where, settings):
    assert connection.vendor == "postgresql"
    if where == "database":
        settings.REDIS_URL = ""

    def attempt(key: str) -> bool:
        try:
            take("race", key, SLOW)
        except Limited:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(32) as pool:
        for turn in range(5):
            assert sum(pool.map(attempt, [f"{where} {turn}"] * 32)) == 10


@pytest.mark.django_db
def test_without_redis_the_database_counts_and_redis_is_left_alone_for_a_second(settings, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        assert passed("x", "k", SLOW, 12) == 10
        assert time.monotonic() - started < 1
        assert Bucket.objects.count() == 1
        assert redis.client() is None
        monkeypatch.setattr(redis, "_away_until", time.monotonic())
        assert redis.client() is not None


@pytest.mark.django_db
def test_a_refused_connection_is_no_error_of_ours(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    assert passed("x", "k", SLOW, 11) == 10


@pytest.mark.django_db
def test_taking_from_a_known_bucket_is_one_statement(settings, django_assert_num_queries):
    settings.REDIS_URL = ""
    take("x", "k", SLOW)
    with django_assert_num_queries(1):
        services.take("x", "k", SLOW)
