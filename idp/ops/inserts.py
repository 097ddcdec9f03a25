"""Rows written by SQL that is made once a process, together and with what is claimed for them.

The text is what Django's compiler says of an INSERT, as `idp.ops.compiled` keeps that of queries.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Never, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, Model
from django.db.models.sql.subqueries import InsertQuery

from idp.ops.compiled import Statement, Text, Update
from idp.ops.postgresql.base import DatabaseWrapper as PostgreSQL

V = TypeVar("V", bound=tuple[object, ...])


class Insert:
    """An INSERT of one row of each of some models: one statement where the database can, else one for each."""

    def __init__(self, *models: type[Model], tells_key: bool = False) -> None:
        """Take the models; their fields are looked at later, when all are known.

        The key that the database gives the first row is told if it `tells_key`; such a one claims nothing.
        """
        self._models, self._tells_key = models, tells_key
        self._texts: dict[str, list[Text]] = {}
        self._claiming: dict[Statement, Text] = {}

    def run(self, *rows: Model) -> None:
        """Write the rows as `save(force_insert=True)`, but for its signals.

        Several belong in a transaction: not every database writes them in one statement.
        """
        database = connections[DEFAULT_DB_ALIAS]
        values = self._values(database, rows)
        texts = self._texts.get(database.vendor) or self._compile(database, rows)
        if len(texts) < len(values):
            values = [[value for row in values for value in row]]
        done = [text.run(database, parameters) for text, parameters in zip(texts, values, strict=True)]
        if self._tells_key:
            [(rows[0].pk,)] = done[0].rows
            rows[0]._state.adding, rows[0]._state.db = False, database.alias

    def run_claiming(self, claim: Update[V], claimed: V, *rows: Model) -> bool:
        """Write the rows as `run` if the UPDATE changes its one row; return whether it did.

        Both or neither: in one statement where the database can, else in a transaction.
        """
        database = connections[DEFAULT_DB_ALIAS]
        if not isinstance(database, PostgreSQL):
            with transaction.atomic():
                found = claim.run(claimed)
                if found:
                    self.run(*rows)
            return bool(found)
        statement, parameters = claim.bind(database, claimed)
        text = self._claiming.get(statement) or self._compile_claiming(database, statement, rows)
        written = [value for row in self._values(database, rows) for value in row]
        return bool(text.run(database, parameters + written).changed)

    def _values(self, database: BaseDatabaseWrapper, rows: Sequence[Model]) -> list[list[object]]:
        return [
            [column.value_of(row, database) for column in columns]
            for row, columns in zip(rows, self._columns, strict=True)
        ]

    @cached_property
    def _columns(self) -> "list[list[_Column]]":
        return [
            [_Column(field) for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
            for model in self._models
        ]

    def _compile(self, database: BaseDatabaseWrapper, rows: Sequence[Model]) -> list[Text]:
        texts = self._sql(database, rows)
        if isinstance(database, PostgreSQL):  # which writes in a WITH
            texts += ["SELECT * FROM row_0"] if self._tells_key else []
            made = [Text.of(_together(texts), range(sum(map(len, self._columns))))]
        else:
            made = [Text.of(text, range(len(columns))) for text, columns in zip(texts, self._columns, strict=True)]
        self._texts[database.vendor] = made
        return made

    def _compile_claiming(self, database: PostgreSQL, claim: Statement, rows: Sequence[Model]) -> Text:
        texts = [f"{claim.text.sql} RETURNING 1"]
        for text in self._sql(database, rows):
            into, _, values = text.partition(" VALUES (")
            texts.append(" ".join([into, "SELECT", values.removesuffix(")"), "FROM row_0"]))
        written = [(1, number) for number in range(sum(map(len, self._columns)))]
        made = Text.of(_together(texts), [*((0, value) for value in claim.parameters), *written])
        self._claiming[claim] = made
        return made

    def _sql(self, database: BaseDatabaseWrapper, rows: Sequence[Model]) -> list[str]:
        texts: list[str] = []
        for row, columns in zip(rows, self._columns, strict=True):
            query = InsertQuery(type(row))
            query.insert_values([column.field for column in columns], [row], raw=False)
            compiler = query.get_compiler(connection=database)
            if self._tells_key and not texts:
                compiler.returning_fields = [type(row)._meta.pk]
            [(sql, _)] = compiler.as_sql()
            texts.append(str(sql))
        return texts


class _Column:
    """A field, and by database the types of its values that go there as they are: of one, all do (as with `Select`)."""

    def __init__(self, field: "Field[Never, object]") -> None:
        self.field = field
        self._as_they_are: set[tuple[str, type]] = set()

    def value_of(self, row: Model, database: BaseDatabaseWrapper) -> object:
        """Return what the row has here, as the database takes it."""
        value = self.field.pre_save(row, True)
        kind = database.vendor, type(value)
        if kind in self._as_they_are:
            return value
        prepared = self.field.get_db_prep_save(value, database)
        if prepared is value:
            self._as_they_are.add(kind)
        return prepared


def _together(texts: Sequence[str]) -> str:
    """Return one statement that does them all; in each `row_0` and so on are what those before it return."""
    *first, last = texts
    before = ", ".join(f"row_{number} AS ({text})" for number, text in enumerate(first))
    return f"WITH {before} {last}" if before else last
