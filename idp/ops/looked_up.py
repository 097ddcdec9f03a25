"""Whether the one row that a key names is as it should be, asked so that PostgreSQL looks up that row and no other."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists
from django.db.models.sql.compiler import SQLCompiler


class LookedUp(Exists):
    """An `Exists` that is looked up by its key, however few rows the table has.

    Of a table of some hundreds PostgreSQL would rather read all, into a hash, at each request: a request cost more with
    each person, until there were enough of them. It leaves alone what has an `OFFSET`, be it of nothing.
    """

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[object]]:
        """Return the SQL and its parameters, as `as_sql` does."""
        template = "EXISTS(%(subquery)s OFFSET 0)"
        return self.as_sql(compiler, connection, template=template)  # type: ignore[call-arg]  # the stubs don't know it
