"""The prepared statements of a connection, run past psycopg's cursors: what converts values stays psycopg's.

A cursor drives libpq step by step, in Python, and waits for the socket between the steps. libpq waits by itself just as
well, in one call during which other threads run.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Final, NamedTuple

from psycopg import Connection, OperationalError
from psycopg._preparing import PrepareManager
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.datetime import TimestamptzLoader
from typing_extensions import override

_NO_ROWS: Final[list[tuple[object, ...]]] = []
# As many as psycopg keeps: there is one for each shape of a token, and the server remembers the plan of each.
MOST: Final = 100


class Done(NamedTuple):
    """What a statement returned, and how many rows it changed."""

    rows: list[tuple[object, ...]]
    changed: int


class _Manager(PrepareManager):
    """psycopg's own memory of what it prepared. After a rollback and the like it deallocates all that there is."""

    def __init__(self, forget: Callable[[], None], before: PrepareManager) -> None:
        super().__init__()
        self.prepare_threshold, self.prepared_max = before.prepare_threshold, before.prepared_max
        self._forget = forget

    @override
    def clear(self) -> bool:
        deallocates = super().clear()
        if deallocates:
            self._forget()
        return deallocates


class Prepared:
    """The statements by their text, in which `$1` and so on stand for the parameters, of the types that fit there."""

    def __init__(self, connection: "Connection[tuple[object, ...]]") -> None:
        """Take a new connection, which nobody else will use at the same time."""
        self._connection = connection
        self._server = connection.pgconn
        converting = connection.cursor()
        # psycopg's own, in C; Django's is one in Python that puts the time zone in which the connection is anyway
        converting.adapters.register_loader("timestamptz", TimestamptzLoader)
        self._converter = Transformer(converting)
        self._names: dict[str, bytes] = {}
        self._numbers = count(1)
        connection._prepared = _Manager(self._names.clear, connection._prepared)

    def run(self, text: str, parameters: Sequence[object]) -> Done:
        """Run a statement, in the transaction that is open or to be opened; raises psycopg's errors."""
        if not self._connection.autocommit and self._server.transaction_status == TransactionStatus.IDLE:
            # as psycopg says it: with the isolation level that the operator may have asked for
            self._done(self._server.exec_(self._connection._get_tx_start_command()))
        try:
            return self._run(text, parameters)
        except (FeatureNotSupported, InvalidSqlStatementName):
            # Prepared before a column changed its type, or discarded; inside a transaction it is too late.
            self._names.pop(text, None)
            if self._server.transaction_status != TransactionStatus.IDLE:
                raise
        return self._run(text, parameters)

    def commit(self) -> None:
        """Commit the transaction, if one is open; raises psycopg's errors."""
        if self._server.transaction_status != TransactionStatus.IDLE:
            self._done(self._server.exec_(b"COMMIT"))

    def _run(self, text: str, parameters: Sequence[object]) -> Done:
        name = self._names.get(text) or self._prepare(text)
        given = self._converter.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        result = self._done(self._server.exec_prepared(name, given))  # type: ignore[arg-type]  # NULL is None
        if not result.nfields:
            return Done(_NO_ROWS, result.command_tuples or 0)
        self._converter.set_pgresult(result)
        return Done(self._converter.load_rows(0, result.ntuples, tuple), result.ntuples)

    def _prepare(self, text: str) -> bytes:
        name = b"gatehouse_%d" % next(self._numbers)
        self._done(self._server.prepare(name, text.encode()))
        self._names[text] = name
        if len(self._names) > MOST:
            oldest = self._names.pop(next(iter(self._names)))
            self._done(self._server.exec_(b"DEALLOCATE " + oldest))
        return name

    def _done(self, result: PGresult) -> PGresult:
        if result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
            return result
        if self._server.status == ConnStatus.BAD:
            raise OperationalError(self._server.get_error_message())
        raise error_from_result(result)
