"""Queries whose SQL is made once a process: what Django's compiler says, of which only the parameters are exchanged.

Building and compiling a queryset costs many times what running it costs. A hot path says its query once, as a function
from values to a queryset; the text that it compiles to and the converters of its columns are kept, for whichever
database is in use. The query stands in no second place: the function is where it is read and changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Never, TypeVar, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import BaseExpression
from django.db.models.sql import Query
from django.db.models.sql.subqueries import UpdateQuery

V = TypeVar("V", bound=tuple[object, ...])
M = TypeVar("M", bound=Model)
Converter = Callable[[object, BaseExpression, object], object]


class NotCompilable(Exception):
    """A value does not end in the SQL as a parameter of its own: the query can't be kept."""


@dataclass(frozen=True)
class _Statement:
    """The text; of each parameter the place of its value, or the constant that it is; how columns are converted."""

    sql: str
    parameters: tuple[tuple[int | None, object], ...]
    converters: tuple[tuple[int, Sequence[Converter], BaseExpression], ...]


class _Compiled(Generic[V]):
    """A statement by a named tuple of values.

    `fields` has the field that each value is prepared by; a value that is a tuple has that many parameters. `sample`
    holds values that equal nothing else in the query: where they end in its parameters, the values of a call go.
    """

    def __init__(self, build: Callable[[V], Query], sample: V, fields: "Sequence[Field[Never, object]]") -> None:
        self._build, self._sample, self._fields = build, sample, fields
        self._statements: dict[str, _Statement] = {}

    def _execute(self, cursor: CursorWrapper, values: V) -> _Statement:
        statement = self._statements.get(connection.vendor) or self._compile()
        prepared = self._prepared(values)
        parameters = [fixed if place is None else prepared[place] for place, fixed in statement.parameters]
        cursor.execute(statement.sql, parameters)  # type: ignore[arg-type]  # as the fields prepared them
        return statement

    def _prepared(self, values: V) -> list[object]:
        each = [
            (field, value)
            for field, given in zip(self._fields, values, strict=True)
            for value in (given if isinstance(given, tuple) else (given,))
        ]
        return [field.get_db_prep_value(value, connection) for field, value in each]

    def _compile(self) -> _Statement:
        compiler = self._build(self._sample).get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        sample = self._prepared(self._sample)
        places = tuple((_place(sample, parameter), parameter) for parameter in parameters)
        if {place for place, _ in places if place is not None} != set(range(len(sample))):
            raise NotCompilable(sql)
        columns = [expression for expression, *_ in compiler.select[: compiler.col_count]] if compiler.select else []
        converters = compiler.get_converters(columns)
        kept = tuple((place, tuple(functions), column) for place, (functions, column) in converters.items())
        self._statements[connection.vendor] = _Statement(sql, places, kept)
        return self._statements[connection.vendor]


class Select(_Compiled[V]):
    """A SELECT; `build` returns the query of a queryset of tuples."""

    def rows(self, values: V) -> list[tuple[object, ...]]:
        """Run it and return its rows, converted as Django would."""
        with connection.cursor() as cursor:
            statement = self._execute(cursor, values)
            found = cursor.fetchall()
        return [_converted(row, statement) for row in found]


class Update(_Compiled[V]):
    """An UPDATE of one table; `build` returns what `update_of` makes of a queryset."""

    def run(self, values: V) -> int:
        """Run it and return how many rows it changed."""
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            changed: int = cursor.rowcount
            return changed


def update_of(rows: QuerySet[M], **changes: object) -> Query:
    """Return the query of `rows.update(**changes)`, which is not run."""
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(changes)
    query.annotations = {}
    return query


def _place(sample: Sequence[object], parameter: object) -> int | None:
    for place, value in enumerate(sample):
        if type(parameter) is type(value) and parameter == value:
            return place
    return None


def _converted(row: tuple[object, ...], statement: _Statement) -> tuple[object, ...]:
    values = list(row)
    for place, functions, column in statement.converters:
        for function in functions:
            values[place] = function(values[place], column, connection)
    return tuple(values)
