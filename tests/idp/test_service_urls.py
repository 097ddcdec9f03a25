"""The databases are opened as they must be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from idp.service_urls import parse_database

ROOT = Path(__file__).resolve().parents[2]


def test_sqlite_is_opened_with_wal_immediate_transactions_and_patience(tmp_path):
    config = parse_database(f"sqlite:///{tmp_path}/db.sqlite3")
    assert (config["OPTIONS"]["transaction_mode"], config["OPTIONS"]["timeout"]) == ("IMMEDIATE", 20)
    ask = """
from django.db import connection
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA journal_mode").fetchone()[0], cursor.execute("PRAGMA busy_timeout").fetchone()[0])
"""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", ask],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["wal", "20000"], done.stderr


def test_a_relative_file_lies_beside_manage_py():
    assert parse_database("sqlite:///db.sqlite3")["NAME"] == str(ROOT / "db.sqlite3")


@pytest.mark.django_db
def test_postgresql_connections_are_kept_and_what_comes_twice_is_prepared():
    config = connection.settings_dict
    assert config["CONN_MAX_AGE"] is None
    assert config["ATOMIC_REQUESTS"] is False
    with connection.cursor() as cursor:
        for number in (1, 2):
            cursor.execute("SELECT %s::int", [number])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int%%'", [])
        assert cursor.fetchone() == (1,)


def test_what_a_url_adds_is_handed_on():
    options = parse_database("postgres://user:p%40ss@host:5433/name?sslmode=require")
    assert (options["PASSWORD"], options["PORT"], options["OPTIONS"]["sslmode"]) == ("p@ss", 5433, "require")
