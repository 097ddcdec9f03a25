"""The one limiter: a token bucket for each limit and key.

Kept as a single number, the time at which the bucket will be full again (as in GCRA), so that taking is one conditional
statement: in Redis by a script, on the clock there, for several buckets at once; in the database by an UPDATE for each,
on ours. While Redis is away the database counts; the two don't know each other's counts, so that a failure may cost an
attacker up to one more burst.
"""

import math
import time
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

from idp.ops import keyring, redis
from idp.ratelimit import known
from idp.ratelimit.errors import Limited
from idp.ratelimit.limits import Limit, Rate
from idp.ratelimit.models import Bucket

__all__ = ["Limited", "give_back", "give_back_all", "refuse_known", "take", "take_all"]

PURPOSE = "rate limit"

# KEYS: buckets. ARGV: for each the seconds to add (negative to give back), and those that it holds. Adds to all or to
# none; answers the number of the first that doesn't hold it, or 0, and the seconds to wait until it does.
SCRIPT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local after = {}
for number, key in ipairs(KEYS) do
  local full = math.max(tonumber(redis.call('GET', key) or '0'), now)
  after[number] = full + tonumber(ARGV[2 * number - 1])
  local wait = after[number] - now - tonumber(ARGV[2 * number])
  if wait > 0.000001 then return {number, string.format('%.6f', wait)} end
end
for number, key in ipairs(KEYS) do
  if after[number] > now then
    redis.call('SET', key, string.format('%.6f', after[number]), 'PX', math.ceil((after[number] - now) * 1000))
  else
    redis.call('DEL', key)
  end
end
return {0, '0'}
"""
Counted = tuple[Limit, str]
Change = tuple[str, float, float]  # a bucket, the seconds to add, those that it holds
Refusal = tuple[int, float]  # the number of the first that refuses, from 1, and the seconds to wait; or (0, 0)


def take(limit: Limit, key: str) -> None:
    """Take one from the bucket of this limit and key. Raises Limited if it is empty, and then takes nothing.

    Not inside a transaction that may roll back: in the database the count would go with it.
    """
    take_all([(limit, key)])


def take_all(counted: Sequence[Counted]) -> None:
    """Take one from each of these buckets. Raises Limited if one is empty, and then takes nothing from any."""
    refusing, wait = _add([_change(limit, key, 1) for limit, key in counted])
    if refusing:
        limit, key = counted[refusing - 1]
        if limit.refuses_early:
            known.remember(limit.name, key, wait)
        raise Limited(math.ceil(wait))


def give_back(limit: Limit, key: str) -> None:
    """Put one back, as when what was taken beforehand turned out well."""
    give_back_all([(limit, key)])


def give_back_all(counted: Sequence[Counted]) -> None:
    """Put one back into each of these buckets."""
    _add([_change(limit, key, -1) for limit, key in counted])


def refuse_known(limit: Limit, key: str) -> None:
    """Raise Limited if this process knows the bucket to be empty: it is asked of nobody, and nothing is counted."""
    wait = known.wait_for(limit.name, key)
    if wait > 0:
        raise Limited(math.ceil(wait))


def _rate(limit: Limit) -> Rate:
    factor = settings.RATE_LIMIT_FACTOR if limit.scales else 1
    return Rate(limit.rate.burst * factor, limit.rate.per_seconds)


def _change(limit: Limit, key: str, times: int) -> Change:
    rate = _rate(limit)
    bucket = keyring.mac(PURPOSE, f"{limit.name}\0{key}".encode(), keyring.key_ids()[0]).hex()
    return bucket, times * rate.interval, rate.per_seconds


def _add(changes: Sequence[Change]) -> Refusal:
    """Add to each bucket if all hold that, or to none."""
    refusal = _in_redis(changes)
    return _in_database(changes) if refusal is None else refusal


def _in_redis(changes: Sequence[Change]) -> Refusal | None:
    client = redis.client()
    if client is None:
        return None
    keys = [f"limit:{bucket}" for bucket, _, _ in changes]
    try:
        number, wait = _script(client)(keys=keys, args=[each for _, *both in changes for each in both])
    except RedisError as error:
        redis.failed(error)
        return None
    return number, float(wait)


@lru_cache(maxsize=4)
def _script(client: Redis) -> Script:
    return client.register_script(SCRIPT)


def _in_database(changes: Sequence[Change]) -> Refusal:
    for number, change in enumerate(changes):
        wait = _in_bucket(*change)
        if wait > 0:
            for bucket, added, holds in changes[:number]:
                _in_bucket(bucket, -added, holds)
            return number + 1, wait
    return 0, 0.0


def _in_bucket(bucket: str, add: float, holds: float) -> float:
    """Add to a bucket if it holds that; return 0, or how many seconds to wait until it does."""
    row = Bucket.objects.filter(key=bucket)
    while True:
        now = time.time()
        if row.filter(full_at__lte=now + holds - add).update(full_at=Greatest(F("full_at"), now) + add):
            return 0
        full_at = row.values_list("full_at", flat=True).first()
        if full_at is None:
            if add < 0 or _created(bucket, now + add):
                return 0
        elif full_at + add - now > holds:
            return full_at + add - now - holds
        # else somebody made the row after our UPDATE looked for it


def _created(bucket: str, full_at: float) -> bool:
    try:
        with transaction.atomic():
            Bucket.objects.create(key=bucket, full_at=full_at)
    except IntegrityError:
        return False
    return True
