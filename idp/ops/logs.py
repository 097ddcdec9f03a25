"""Logging: one JSON object a line in production, colours in development, and no secret in either."""

import logging
import os
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from logging.config import dictConfig

import orjson
import structlog
from django.conf import settings
from structlog.typing import Processor
from typing_extensions import override

SECRET_NAMES = ("authorization", "cookie", "password", "secret", "token", "code", "verifier", "assertion", "proof")
HIDDEN = "[hidden]"
REQUESTS = "gatehouse.request"
STDERR = 2

request_id: ContextVar[str] = ContextVar("request_id", default="")


def add_request_id(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Name the request in which the line was written, if it was in one."""
    if given := request_id.get():
        event["request_id"] = given
    return event


SHARED: list[Processor] = [
    add_request_id,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Hide what is called like a secret, whoever logged it."""
    for name in event:
        if _is_secret(name):
            event[name] = HIDDEN
    return event


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return any(secret in name.lower() for secret in SECRET_NAMES)


class RouteForPath(logging.Filter):
    """Django's own lines about a request name its route, for a path may hold the key of a reset link."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; never drop it."""
        path = getattr(getattr(record, "request", None), "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(record.__dict__["request"], "resolver_match", None)
            route = match.route if match else "(no route)"
            record.args = tuple(route if argument == path else argument for argument in record.args)
        return True


def configure(config: dict[str, object]) -> None:
    """Set up the standard library's logging and structlog on top of it (`settings.LOGGING_CONFIG`)."""
    dictConfig(config)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def config(*, debug: bool) -> dict[str, object]:
    """Return `settings.LOGGING`. No traceback shows local variables: they are full of secrets."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if debug
        else structlog.processors.JSONRenderer()
    )
    tracebacks: list[Processor] = [] if debug else [structlog.processors.format_exc_info]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"route_for_path": {"()": "idp.ops.logs.RouteForPath"}},
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    hide_secrets,
                    *tracebacks,
                    renderer,
                ],
            }
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route_for_path"]},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # what it says about a request, our own line says without the query string
            "django.server": {"handlers": ["nowhere"], "propagate": False},
            "django.request": {"level": "ERROR"},
            # anybody can send one; it is answered with 400
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            # they quote what clients send, and what we call
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "oauthlib": {"level": "WARNING"},
            "oauth2_provider": {"level": "WARNING"},
        },
    }


def write_request(said: Mapping[str, object]) -> None:
    """Write the line of a request that was answered: as any other in development.

    In production it is one JSON object as all are, but written past the standard library, where it would take as long
    as the statement that answers most requests. No name in it is a secret's.
    """
    if settings.DEBUG:
        structlog.get_logger(REQUESTS).info("request", **said)
        return
    rest = {"event": "request", "request_id": request_id.get(), "logger": REQUESTS, "level": "info"}
    line = orjson.dumps({**said, **rest, "timestamp": datetime.now(UTC)}, option=orjson.OPT_UTC_Z)
    with suppress(OSError):  # nobody reads it any more: no reason to fail the request
        os.write(STDERR, line + b"\n")
