"""What is run past psycopg's cursors answers as by a cursor, in the same transaction, with the same errors."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, OperationalError, ProgrammingError
from psycopg import IsolationLevel
from psycopg.types.json import Jsonb

from idp.ops.postgresql import prepared
from idp.ops.postgresql.base import DatabaseWrapper
from tests.idp.ops.test_postgresql import begin_request, end, pid

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = "id bigint PRIMARY KEY, name varchar(20), made timestamptz, key uuid, raw bytea, said jsonb, good boolean"
VALUES = (
    1,
    "Zoë 'q' \\ %s",
    datetime(2026, 11, 28, 1, 2, 3, 4, UTC),
    uuid.UUID(int=7),
    b"\x00'\\\xff",
    [1, None],
    True,
)
INSERT = "INSERT INTO things VALUES ($1, $2, $3, $4, $5, $6, $7)"
SECOND = "second"
SELECT = "SELECT * FROM things WHERE id = $1 OR name = $2 ORDER BY id"


@pytest.fixture
def wrapper() -> Iterator[DatabaseWrapper]:
    """A second connection of this thread, with a table."""
    own = connections.create_connection("default")
    assert isinstance(own, DatabaseWrapper)
    connections[SECOND] = own
    by_cursor(own, f"CREATE TABLE things ({COLUMNS})")
    yield own
    del connections[SECOND]
    own.close()
    by_cursor(connection, "DROP TABLE things")


def atomic(wrapper: DatabaseWrapper, *, savepoint: bool = True) -> transaction.Atomic:
    return transaction.Atomic(SECOND, savepoint=savepoint, durable=False)


def by_cursor(wrapper, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with wrapper.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def insert(wrapper: DatabaseWrapper, number: int = 1) -> int:
    *rest, said, good = VALUES[1:]
    return wrapper.run_prepared(INSERT, [number, *rest, Jsonb(said), good]).changed


def ids(wrapper: DatabaseWrapper) -> list[object]:
    return [row[0] for row in wrapper.run_prepared(SELECT, [0, VALUES[1]]).rows]


def test_every_kind_of_value_comes_and_goes_as_by_a_cursor(wrapper):
    assert insert(wrapper) == 1
    by_cursor(wrapper, "INSERT INTO things (id) VALUES (2)")
    found = wrapper.run_prepared(SELECT, [2, VALUES[1]]).rows
    assert found == by_cursor(wrapper, "SELECT * FROM things ORDER BY id")
    assert found[0][:4] == VALUES[:4]
    assert found[1][1:] == (None,) * 6
    assert wrapper.run_prepared(SELECT, [5, "nobody"]).rows == []


def test_it_says_how_many_rows_were_changed(wrapper):
    insert(wrapper, 1)
    insert(wrapper, 2)
    rename = "UPDATE things SET name = $1 WHERE name = $2"
    assert [wrapper.run_prepared(rename, ["new", VALUES[1]]).changed for _ in range(2)] == [2, 0]


def test_it_is_in_the_transaction_be_it_first_or_last(wrapper):
    for rolled_back in (True, False):
        with suppress(ZeroDivisionError), atomic(wrapper):
            insert(wrapper, 1)
            by_cursor(wrapper, "INSERT INTO things (id) VALUES (2)")
            insert(wrapper, 3)
            assert by_cursor(connection, "SELECT count(*) FROM things") == [(0,)]
            if rolled_back:
                raise ZeroDivisionError
        assert ids(wrapper) == ([] if rolled_back else [1, 3])


def test_what_a_commit_finds_wrong_is_an_error_of_the_commit(wrapper):
    by_cursor(wrapper, "ALTER TABLE things ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")
    with pytest.raises(IntegrityError, match="things_name_key"), atomic(wrapper):
        assert [insert(wrapper, number) for number in (1, 2)] == [1, 1]
    assert ids(wrapper) == []


def test_outside_of_a_transaction_each_is_one(wrapper):
    insert(wrapper)
    assert by_cursor(connection, "SELECT count(*) FROM things") == [(1,)]


def test_after_a_rollback_it_is_prepared_again(wrapper):
    for _ in range(3):
        by_cursor(wrapper, "SELECT 1")  # something of psycopg's own, which it deallocates with all the rest
    assert ids(wrapper) == []
    with suppress(ZeroDivisionError), atomic(wrapper):
        raise ZeroDivisionError
    with atomic(wrapper):
        assert ids(wrapper) == []
        with suppress(ZeroDivisionError), atomic(wrapper):
            insert(wrapper)
            raise ZeroDivisionError
        assert ids(wrapper) == []


def test_after_a_change_of_the_schema_it_is_prepared_again(wrapper):
    insert(wrapper)
    assert ids(wrapper) == [1]
    by_cursor(connection, "ALTER TABLE things ALTER id TYPE integer")
    by_cursor(connection, "ALTER TABLE things ALTER name TYPE text")
    assert ids(wrapper) == [1]


def test_what_was_discarded_is_prepared_again(wrapper):
    assert ids(wrapper) == []
    by_cursor(wrapper, "DISCARD ALL")
    assert ids(wrapper) == []
    by_cursor(wrapper, "DISCARD ALL")
    with pytest.raises(ProgrammingError), atomic(wrapper):
        ids(wrapper)
    assert ids(wrapper) == []


def test_the_server_keeps_no_more_of_them_than_it_would_by_cursor(wrapper):
    texts = [f"SELECT {number}" for number in range(prepared.MOST + 2)]
    found = [wrapper.run_prepared(text, []).rows for text in texts * 2]
    assert found == [[(number,)] for number in range(len(texts))] * 2
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE %s"
    assert by_cursor(wrapper, kept, "gatehouse%") == [(prepared.MOST,)]


@pytest.mark.parametrize("is_first", [True, False])
def test_the_transaction_has_the_isolation_level_that_was_asked_for(wrapper, is_first):
    wrapper.close()
    options = {**wrapper.settings_dict["OPTIONS"], "isolation_level": IsolationLevel.SERIALIZABLE}
    wrapper.settings_dict = {**wrapper.settings_dict, "OPTIONS": options}
    with atomic(wrapper):
        if not is_first:
            by_cursor(wrapper, "SELECT 1")
        level = wrapper.run_prepared("SELECT current_setting('transaction_isolation')", []).rows
    assert level == [("serializable",)]


def test_errors_are_djangos_and_break_the_transaction(wrapper):
    insert(wrapper)
    with pytest.raises(IntegrityError, match="things_pkey"):
        insert(wrapper)
    with atomic(wrapper):
        with suppress(IntegrityError), atomic(wrapper, savepoint=False):
            insert(wrapper)
        with pytest.raises(transaction.TransactionManagementError):
            ids(wrapper)
    assert ids(wrapper) == [1]


def test_a_lost_connection_is_an_operational_error_and_replaced_at_the_next_request(wrapper):
    assert ids(wrapper) == []
    before = pid(wrapper)
    end(before)
    with pytest.raises(OperationalError):
        ids(wrapper)
    begin_request(wrapper)
    assert ids(wrapper) == []
    assert pid(wrapper) != before


def test_who_watches_sees_each_statement(wrapper):
    assert not wrapper.is_watched
    wrapper.force_debug_cursor = True
    assert wrapper.is_watched
    wrapper.force_debug_cursor = False
    with wrapper.execute_wrapper(lambda execute, *rest: execute(*rest)):
        assert wrapper.is_watched
