"""The one limiter: a token bucket for each limit and key.

Kept as a single number, the time at which the bucket will be full again (as in GCRA), so that taking is one conditional
statement: in Redis by a script, on the clock there; in the database by an UPDATE, on ours. While Redis is away the
database counts; the two don't know each other's counts, so that a failure may cost an attacker up to one more burst.
"""

import math
import time
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from redis.exceptions import RedisError

from idp.ops import keyring, redis
from idp.ratelimit.errors import Limited
from idp.ratelimit.models import Bucket

__all__ = ["Limited", "Rate", "give_back", "take"]

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


@dataclass(frozen=True)
class Rate:
    """So many at once, and as many again in so many seconds."""

    burst: int
    per_seconds: float

    @property
    def interval(self) -> float:
        """After how many seconds one more may pass."""
        return self.per_seconds / self.burst


def take(name: str, key: str, rate: Rate) -> None:
    """Take one from the bucket of this limit and key. Raises Limited if it is empty, and then takes nothing.

    Not inside a transaction that may roll back: in the database the count would go with it.
    """
    _add(name, key, rate, rate.interval)


def give_back(name: str, key: str, rate: Rate) -> None:
    """Put one back, as when what was taken beforehand turned out well."""
    _add(name, key, rate, -rate.interval)


def _add(name: str, key: str, rate: Rate, seconds: float) -> None:
    bucket = keyring.mac(PURPOSE, f"{name}\0{key}".encode(), keyring.key_ids()[0]).hex()
    wait = _in_redis(bucket, seconds, rate.per_seconds)
    if wait is None:
        wait = _in_database(bucket, seconds, rate.per_seconds)
    if wait > 0:
        raise Limited(math.ceil(wait))


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
