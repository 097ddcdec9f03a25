"""Comparing a file with the database, making them equal, and writing the file: what the commands call."""

from pathlib import Path
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, connection, transaction

from idp.users.errors import UserError
from oauth_ext.configuration import client_changes, providers, reading, references, resources, roles, writing
from oauth_ext.configuration.changes import Change, Overtaken
from oauth_ext.configuration.errors import Problems, whole
from oauth_ext.configuration.reading import Wanted
from oauth_ext.errors import InvalidTarget

LOCK: Final = 0x67617465636F6E66  # of PostgreSQL's advisory locks

export = writing.export


def plan(data: bytes, folder: Path, *, prune: bool = False) -> list[Change]:
    """Return what `apply` would do, in its order. Raises `ConfigurationError`."""
    problems = Problems()
    wanted = reading.read(data, folder, problems)
    return _changes(wanted, problems, prune=prune)


def apply(data: bytes, folder: Path, *, prune: bool = False) -> list[Change]:
    """Make the database as the file says, or leave it as it is; return what was done.

    With `prune`, what the file doesn't mention is removed, in the sections that it has; a client or a provider is
    switched off.
    Raises `ConfigurationError`, with all that is wrong.
    """
    problems = Problems()
    wanted = reading.read(data, folder, problems)
    try:
        with transaction.atomic():
            _lock()
            changes = _changes(wanted, problems, prune=prune)
            for change in changes:
                change.act()
    except (Overtaken, UserError, InvalidTarget, IntegrityError, ObjectDoesNotExist):
        raise whole("Somebody has changed something meanwhile, so nothing was applied; try again.") from None
    except DataError:
        raise whole("The database can't hold one of the values, so nothing was applied.") from None
    return changes


def _changes(wanted: Wanted, problems: Problems, *, prune: bool) -> list[Change]:
    """Return what is made and changed, what it needs first, then what is removed, in turn."""
    references.judge(wanted, problems, prune=prune)
    changes = [
        *roles.compare(wanted.roles or {}),
        *client_changes.compare(wanted.clients or {}),
        *resources.compare(wanted.resources or {}),
        *providers.compare(wanted.providers or {}),
    ]
    if prune and wanted.providers is not None:
        changes += providers.surplus(wanted.providers)
    if prune and wanted.resources is not None:
        changes += resources.surplus(wanted.resources, problems)
    if prune and wanted.clients is not None:
        changes += client_changes.surplus(wanted.clients)
    if prune and wanted.roles is not None:
        changes += roles.surplus(wanted.roles, problems)
    problems.raise_any()
    return changes


def _lock() -> None:
    """Let one file at a time be applied (SQLite: the transaction is IMMEDIATE already)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
