"""`ENGINE` of a PostgreSQL database: Django's own, but for two things that hot paths would pay for, and a limit.

How a kept connection is found to be lost: Django asks with `SELECT 1`, once a request, which costs as much as the
statement that most requests are about. And how a statement is run that is the same each time (`run_prepared`). A
transaction that nobody goes on with, for its process hangs, is ended by the server: it keeps others waiting.
"""

import time
from collections.abc import Sequence
from typing import Final

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg.errors import Diagnostic
from typing_extensions import override

from idp.ops.postgresql.prepared import Done, Prepared

# Who goes away without a word (a cable, a firewall that forgets) is found out by asking.
ASKED_AGAIN_SECONDS: Final = 30
LONGEST_PAUSE_SECONDS: Final = 60
"""Between two statements of a transaction. Who reads the trail relies on it (`idp/audit/following.py`)."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection."""

    connection: "Connection[tuple[object, ...]] | None"
    _answered_at = float("-inf")
    _was_told = False
    _prepared: Prepared

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants to see each statement, as tests and DEBUG do: only cursors show them."""
        return self.queries_logged or bool(self.execute_wrappers)

    def run_prepared(self, text: str, parameters: Sequence[object]) -> Done:
        """Run a statement whose parameters are written `$1` and so on, by the shortest way; raises Django's errors."""
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepared.run(text, parameters)

    @override
    def get_new_connection(self, conn_params: dict[str, object]) -> "Connection[tuple[object, ...]]":
        """Connect; nothing is prepared yet."""
        connection: Connection[tuple[object, ...]] = super().get_new_connection(conn_params)
        self._prepared = Prepared(connection)
        connection.add_notice_handler(self._hear)
        return connection

    @override
    def init_connection_state(self) -> None:
        """Have the server end what we don't go on with."""
        super().init_connection_state()
        if self.connection is not None:
            pause = LONGEST_PAUSE_SECONDS * 1000
            self.connection.execute(f"SET idle_in_transaction_session_timeout = {pause:.0f}".encode())

    def _hear(self, _notice: Diagnostic) -> None:
        self._was_told = True

    def _commit(self) -> None:
        if self.connection is None or self.is_watched:
            super()._commit()  # type: ignore[misc]  # the stubs don't know it
            return
        with self.wrap_database_errors:
            self._prepared.commit()

    @override
    def is_usable(self) -> bool:
        """Whether the server is there: it answered lately, and has neither hung up since nor said that it will."""
        lately = time.monotonic() - self._answered_at < ASKED_AGAIN_SECONDS
        silent = (
            lately and not self.errors_occurred and self.connection is not None and not _has_hung_up(self.connection)
        )
        if silent and not self._was_told:
            return True
        self._was_told = False
        usable: bool = super().is_usable()
        self._answered_at = time.monotonic() if usable else float("-inf")
        return usable


def _has_hung_up(connection: "Connection[tuple[object, ...]]") -> bool:
    """Whether the server has ended the connection, as far as can be told without asking it.

    libpq reads what there is, and has what a server says before it hangs up heard as a notice. `poll` would let go of
    Python's lock, and other threads would have it before it says no.
    """
    try:
        connection.pgconn.consume_input()
        connection.pgconn.is_busy()
    except OperationalError:
        return True
    return connection.closed
