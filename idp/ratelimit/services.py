"""The one limiter: a token bucket for each limit and key.

Kept as a single number, the time at which the bucket will be full again (as in GCRA), so that taking is one conditional
statement: in Redis by a script, on the clock there; in the database by an UPDATE, on ours. While Redis is away the
database counts; the two don't know each other's counts, so that a failure may cost an attacker up to one more burst.
"""

import math
import time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from redis.exceptions import RedisError

from idp.ops import keyring, redis
from idp.ratelimit import known
from idp.ratelimit.errors import Limited
from idp.ratelimit.limits import Limit, Rate
from idp.ratelimit.models import Bucket

__all__ = ["Limited", "give_back", "refuse_known", "take"]

PURPOSE = "rate limit"

# KEYS: bucket. ARGV: seconds to add (negative to give back), seconds that the bucket holds. Answers those to wait.
SCRIPT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local after = full + tonumber(ARGV[1])
local wait = after - now - tonumber(ARGV[2])
if wait > 0.000001 then return string.format('%.6f', wait) end
if after > now then
  redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.ceil((after - now) * 1000))
else
  redis.call('DEL', KEYS[1])
end
return '0'
"""


def take(limit: Limit, key: str) -> None:
    """Take one from the bucket of this limit and key. Raises Limited if it is empty, and then takes nothing.

    Not inside a transaction that may roll back: in the database the count would go with it.
    """
    rate = _rate(limit)
    wait = _add(limit, key, rate.interval, rate.per_seconds)
    if wait > 0:
        if limit.refuses_early:
            known.remember(limit.name, key, wait)
        raise Limited(math.ceil(wait))


def give_back(limit: Limit, key: str) -> None:
    """Put one back, as when what was taken beforehand turned out well."""
    rate = _rate(limit)
    _add(limit, key, -rate.interval, rate.per_seconds)


def refuse_known(limit: Limit, key: str) -> None:
    """Raise Limited if this process knows the bucket to be empty: it is asked of nobody, and nothing is counted."""
    wait = known.wait_for(limit.name, key)
    if wait > 0:
        raise Limited(math.ceil(wait))


def _rate(limit: Limit) -> Rate:
    factor = settings.RATE_LIMIT_FACTOR if limit.scales else 1
    return Rate(limit.rate.burst * factor, limit.rate.per_seconds)


def _add(limit: Limit, key: str, seconds: float, holds: float) -> float:
    """Add to a bucket if it holds that; return 0, or how many seconds to wait until it does."""
    bucket = keyring.mac(PURPOSE, f"{limit.name}\0{key}".encode(), keyring.key_ids()[0]).hex()
    wait = _in_redis(bucket, seconds, holds)
    return _in_database(bucket, seconds, holds) if wait is None else wait


def _in_redis(bucket: str, add: float, holds: float) -> float | None:
    client = redis.client()
    if client is None:
        return None
    try:
        return float(client.register_script(SCRIPT)(keys=[f"limit:{bucket}"], args=[add, holds]))
    except RedisError as error:
        redis.failed(error)
        return None


def _in_database(bucket: str, add: float, holds: float) -> float:
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
