"""The limiter counts right, wherever it counts and however many ask at once."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from redis import Redis

from idp.ops import redis
from idp.ratelimit import cleaning, known
from idp.ratelimit.cleaning import clean_buckets
from idp.ratelimit.limits import LIMITS, Limit, Rate
from idp.ratelimit.models import Bucket
from idp.ratelimit.services import Limited, give_back, give_back_all, refuse_known, take, take_all


def limit(name: str, rate: Rate, **changes: bool) -> Limit:
    return Limit(name, "Tries", "key", rate, "A test.", **changes)


SLOW = limit("x", Rate(10, per_seconds=3600))
OTHER = limit("y", Rate(10, per_seconds=3600))

pytestmark = pytest.mark.usefixtures("no_breaker")


@pytest.fixture(autouse=True)
def as_declared(settings):
    settings.RATE_LIMIT_FACTOR = 1


@pytest.fixture(params=["redis", "database"])
def kept_in(request, settings, db):
    """Where the limiter counts."""
    if request.param == "database":
        settings.REDIS_URL = ""
    else:
        Redis.from_url(settings.REDIS_URL).flushdb()
    return request.param


def passed(limit: Limit, key: str, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            take(limit, key)
        except Limited:
            continue
        count += 1
    return count


def test_a_burst_passes_and_the_next_waits(kept_in):
    assert passed(SLOW, "somebody", 30) == 10
    with pytest.raises(Limited) as limited:
        take(SLOW, "somebody")
    assert 350 <= limited.value.retry_after <= 360


def test_each_limit_and_each_key_has_its_own(kept_in):
    assert passed(SLOW, "one", 11) == 10
    assert passed(SLOW, "two", 11) == 10
    assert passed(OTHER, "one", 11) == 10


def test_it_fills_again_with_time(kept_in):
    rate, began, counts = Rate(2, per_seconds=1), time.monotonic(), []
    for wait in (0, 0.6, 1.2):
        time.sleep(wait)
        counts.append(passed(limit("x", rate), "k", 5))
    # a busy machine takes longer, and then more may pass
    assert all(count >= least for count, least in zip(counts, (2, 1, 2), strict=True))
    assert sum(counts) <= rate.burst + (time.monotonic() - began) / rate.interval


def test_what_is_given_back_may_be_taken_again_and_no_more(kept_in):
    assert passed(SLOW, "k", 10) == 10
    give_back(SLOW, "k")
    assert passed(SLOW, "k", 5) == 1
    for _ in range(30):
        give_back(SLOW, "k")
    assert passed(SLOW, "k", 30) == 10


def test_of_several_all_are_taken_or_none(kept_in):
    assert passed(OTHER, "k", 9) == 9
    take_all([(SLOW, "k"), (OTHER, "k")])
    for counted in ([(SLOW, "k"), (OTHER, "k")], [(OTHER, "k"), (SLOW, "k")]):
        with pytest.raises(Limited) as limited:
            take_all(counted)
        assert 350 <= limited.value.retry_after <= 360
    give_back_all([(SLOW, "k"), (OTHER, "k")])
    assert (passed(SLOW, "k", 30), passed(OTHER, "k", 30)) == (10, 1)


def test_of_several_the_one_that_refuses_is_remembered(kept_in):
    early = limit("z", Rate(1, per_seconds=3600), refuses_early=True)
    take_all([(SLOW, "k"), (early, "k")])
    with pytest.raises(Limited):
        take_all([(SLOW, "k"), (early, "k")])
    with pytest.raises(Limited):
        refuse_known(early, "k")
    refuse_known(SLOW, "k")


def test_no_key_stands_in_clear(kept_in):
    take(SLOW, "192.0.2.1")
    names = [str(key) for key in Redis.from_url(django_settings.REDIS_URL).scan_iter()] if kept_in == "redis" else []
    names += list(Bucket.objects.values_list("key", flat=True))
    assert len(names) == 1
    assert "192.0.2.1" not in names[0]


def test_in_redis_nothing_is_left_when_the_bucket_is_full_again(kept_in):
    take(limit("x", Rate(2, per_seconds=0.2)), "k")
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
            take(SLOW, key)
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
        assert passed(SLOW, "k", 12) == 10
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
    assert passed(SLOW, "k", 11) == 10


@pytest.mark.django_db
def test_taking_from_a_known_bucket_is_one_statement(settings, django_assert_num_queries):
    settings.REDIS_URL = ""
    take(SLOW, "k")
    with django_assert_num_queries(1):
        take(SLOW, "k")


def test_whoever_is_over_is_refused_early_where_the_limit_says_so(kept_in, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(known, "_empty_until", {})
    early = limit("early", Rate(2, per_seconds=3600), refuses_early=True)
    for limited in (early, OTHER):
        passed(limited, "k", limited.rate.burst + 1)
    with django_assert_num_queries(0):
        refuse_known(OTHER, "k")
        refuse_known(early, "somebody else")
        with pytest.raises(Limited) as told:
            refuse_known(early, "k")
    assert 1790 <= told.value.retry_after <= 1800


def test_T41_the_setting_multiplies_but_not_what_guards_a_person(kept_in, settings):
    settings.RATE_LIMIT_FACTOR = 3
    assert passed(SLOW, "k", 50) == 30
    assert passed(limit("password", Rate(10, 3600), scales=False), "k", 50) == 10


def test_T41_after_a_flood_of_addresses_no_row_is_left(settings, db, monkeypatch):
    settings.REDIS_URL = ""
    brief = limit("x", Rate(1, per_seconds=0.05))
    for number in range(300):
        take(brief, f"2001:db8:0:{number:x}::/64")
    take(SLOW, "still counting")
    monkeypatch.setattr(cleaning, "BITE", 100)
    time.sleep(0.06)
    assert clean_buckets() == 300
    assert Bucket.objects.count() == 1


def test_every_limit_has_a_name_of_its_own():
    assert len({row.name for row in LIMITS}) == len(LIMITS) > 10
