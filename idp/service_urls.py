"""The URLs of what we run on, read as Django's settings want them."""

from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "idp.ops.postgresql"

# A read that turns into a write fails at once in SQLite's deferred transactions, whatever the timeout; WAL lets
# readers pass a writer.
SQLITE_OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL",
}
# A statement is prepared when it comes a second time, for connections are kept.
POSTGRESQL_OPTIONS: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 1, "connect_timeout": 5}


class DatabaseConfig(TypedDict):
    """An entry of Django's `DATABASES`."""

    ENGINE: str
    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str | int
    OPTIONS: dict[str, object]
    CONN_MAX_AGE: int | None
    CONN_HEALTH_CHECKS: bool


class EmailConfig(TypedDict):
    """Django's settings for outgoing mail."""

    EMAIL_BACKEND: str
    EMAIL_HOST: str
    EMAIL_PORT: int
    EMAIL_HOST_USER: str
    EMAIL_HOST_PASSWORD: str
    EMAIL_USE_TLS: bool
    EMAIL_USE_SSL: bool
    EMAIL_FILE_PATH: str


def parse_database(url: str) -> DatabaseConfig:
    """Read the URL of a PostgreSQL or SQLite database; a relative file lies beside `manage.py`."""
    scheme = urlsplit(url).scheme
    if scheme not in {"postgres", "postgresql", "sqlite"}:
        raise ValueError("neither postgres:// nor sqlite://")
    read = environ.Env.db_url_config(url)
    if not read.get("NAME"):
        raise ValueError("no database is named")
    sqlite = scheme == "sqlite"
    name = str(BASE_DIR / read["NAME"]) if sqlite and read["NAME"] != ":memory:" else read["NAME"]
    return {
        "ENGINE": SQLITE if sqlite else POSTGRESQL,
        "NAME": name,
        "USER": read.get("USER", ""),
        "PASSWORD": read.get("PASSWORD", ""),
        "HOST": read.get("HOST", ""),
        "PORT": read.get("PORT", ""),
        "OPTIONS": {**(SQLITE_OPTIONS if sqlite else POSTGRESQL_OPTIONS), **read.get("OPTIONS", {})},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def parse_email(url: str) -> EmailConfig:
    """Read where mail goes: `smtp://`, `smtp+tls://`, `smtp+ssl://`, `filemail:///folder`, `consolemail://`,
    `memorymail://`."""
    try:
        read = environ.Env.email_url_config(url)
    except ImproperlyConfigured:
        raise ValueError(
            "not smtp://, smtp+tls://, smtp+ssl://, filemail:///, consolemail:// or memorymail://"
        ) from None
    if "smtp" in read["EMAIL_BACKEND"] and not read["EMAIL_HOST"]:
        raise ValueError("no host is named")
    return {
        "EMAIL_BACKEND": read["EMAIL_BACKEND"],
        "EMAIL_HOST": read["EMAIL_HOST"] or "",
        "EMAIL_PORT": read["EMAIL_PORT"] or 25,
        "EMAIL_HOST_USER": read["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": read["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": bool(read.get("EMAIL_USE_TLS")),
        "EMAIL_USE_SSL": bool(read.get("EMAIL_USE_SSL")),
        "EMAIL_FILE_PATH": f"/{read['EMAIL_FILE_PATH']}",
    }


def parse_redis(url: str) -> str:
    """Read the URL of a Redis or Valkey, or nothing."""
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("not redis://, rediss:// or unix://")
    return url
