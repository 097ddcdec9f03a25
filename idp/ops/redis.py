"""The Redis (or Valkey) beside us: helpful, never needed. One that is slow or away is left alone for a second."""

import time
from functools import lru_cache

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

TIMEOUT_SECONDS = 0.25
LEFT_ALONE_SECONDS = 1.0

log = structlog.get_logger(__name__)
_away_until = 0.0


def client() -> Redis | None:
    """Return the client; None where none is configured, and for a second after it failed."""
    if not settings.REDIS_URL or time.monotonic() < _away_until:
        return None
    return _client(settings.REDIS_URL)


def failed(error: RedisError) -> None:
    """Leave it alone for a while, so that not every request waits for its timeout."""
    global _away_until  # noqa: PLW0603 - one breaker a process
    _away_until = time.monotonic() + LEFT_ALONE_SECONDS
    log.warning("redis.away", error=type(error).__name__)


@lru_cache(maxsize=4)
def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def ping() -> None:
    """Raise RedisError if the one that is configured doesn't answer now."""
    _client(settings.REDIS_URL).ping()
