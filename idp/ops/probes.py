"""What must work before traffic is sent here: checks that the rooms above register."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from idp.ops import redis

Probe = Callable[[], object]

log = structlog.get_logger(__name__)
_probes: dict[str, Probe] = {}


def register(name: str, probe: Probe) -> None:
    """Have a part asked before we say that we are ready. It raises when it isn't."""
    _probes[name] = probe


def failing() -> list[str]:
    """Return the names of the parts that don't work now."""
    return [name for name, probe in _probes.items() if not _works(name, probe)]


def database() -> None:
    """Raise if the database doesn't answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    """Raise if the tables are not those that this code was written for."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("there are migrations to apply")


def cache() -> None:
    """Raise if Redis is configured and doesn't answer."""
    if settings.REDIS_URL:
        redis.ping()


def _works(name: str, probe: Probe) -> bool:
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - whatever it is, the part doesn't work
        log.warning("probe.failed", part=name, error=type(error).__name__)
        return False
    return True
