"""Queries whose SQL is made once a process: what Django's compiler says, of which only the parameters are exchanged.

Building and compiling a queryset costs many times what running it costs. A hot path says its query once, as a function
from values to a queryset; the text that it compiles to and the converters of its columns are kept, for whichever
database is in use. The query stands in no second place: the function is where it is read and changed.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, NamedTuple, Never, Self, TypeVar, cast

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, JSONField, Model, QuerySet
from django.db.models.expressions import BaseExpression
from django.db.models.fields.json import KeyTransform
from django.db.models.sql import Query
from django.db.models.sql.subqueries import UpdateQuery

from idp.ops.postgresql.base import DatabaseWrapper as PostgreSQL
from idp.ops.postgresql.prepared import Done

PLACEHOLDER = re.compile("(?<!%)%s")
V = TypeVar("V", bound=tuple[object, ...])
M = TypeVar("M", bound=Model)
R_co = TypeVar("R_co", covariant=True)
Converter = Callable[[object, BaseExpression, object], object]


class NotCompilable(Exception):
    """A value does not end in the SQL as a parameter of its own: the query can't be kept."""


class Text(NamedTuple):
    """A statement, with `%s` for each parameter as Django writes them, and with `$1` and so on as PostgreSQL does.

    A value that stands in several places has one number: `sent` says which of the parameters are sent.
    """

    sql: str
    numbered: str
    sent: tuple[int, ...]

    @classmethod
    def of(cls, sql: str, values: Sequence[object]) -> Self:
        """Number the parameters, of which those are alike whose `values` are."""
        first, *rest = PLACEHOLDER.split(sql)
        different = list(dict.fromkeys(values))
        numbers = [different.index(value) for value in values]
        parts = [f"${number + 1}{part}" for number, part in zip(numbers, rest, strict=True)]
        numbered = "".join([first, *parts]).replace("%%", "%")
        return cls(sql, numbered, tuple(numbers.index(number) for number in range(len(different))))

    def run(self, database: BaseDatabaseWrapper, parameters: Sequence[object]) -> Done:
        """Run it, by the shortest way that there is."""
        if isinstance(database, PostgreSQL) and not database.is_watched:
            return database.run_prepared(self.numbered, [parameters[place] for place in self.sent])
        with database.cursor() as cursor:
            cursor.execute(self.sql, parameters)  # type: ignore[arg-type]  # as the fields prepared them
            return Done(cursor.fetchall() if cursor.description else [], cursor.rowcount)


@dataclass(frozen=True, eq=False)
class Statement:
    """The text; of each parameter the place of its value, or the constant that it is; how columns are converted.

    `width` is how many columns there are. `as_they_are` holds, by place, the type of values that the database takes
    without preparing.
    """

    text: Text
    parameters: tuple[tuple[int | None, object], ...]
    width: int
    converters: tuple[tuple[int, Sequence[Converter], BaseExpression], ...]
    as_they_are: tuple[type | None, ...]


class _Compiled(Generic[V]):
    """A statement by a named tuple of values.

    `fields` has the field that each value is prepared by; a value that is a tuple has that many parameters. `sample`
    holds values that equal nothing else in the query: where they end in its parameters, the values of a call go.
    """

    def __init__(self, build: Callable[[V], Query], sample: V, fields: "Sequence[Field[Never, object]]") -> None:
        self._build, self._sample, self._fields = build, sample, fields
        self._statements: dict[str, Statement] = {}

    def bind(self, database: BaseDatabaseWrapper, values: V) -> tuple[Statement, list[object]]:
        """Return the statement and its parameters."""
        statement = self._statements.get(database.vendor) or self._compile(database)
        prepared = [
            value if type(value) is taken else field.get_db_prep_value(value, database)
            for (field, value), taken in zip(self._parts(values), statement.as_they_are, strict=True)
        ]
        return statement, [fixed if place is None else prepared[place] for place, fixed in statement.parameters]

    def _parts(self, values: V) -> "list[tuple[Field[Never, object], object]]":
        return [
            (field, value)
            for field, given in zip(self._fields, values, strict=True)
            for value in (given if isinstance(given, tuple) else (given,))
        ]

    def _compile(self, database: BaseDatabaseWrapper) -> Statement:
        compiler = self._build(self._sample).get_compiler(connection=database)
        sql, parameters = compiler.as_sql()
        parts = self._parts(self._sample)
        sample = [field.get_db_prep_value(value, database) for field, value in parts]
        places = [(_place(sample, parameter), parameter) for parameter in parameters]
        if {place for place, _ in places if place is not None} != set(range(len(sample))):
            raise NotCompilable(sql)
        if any(place is None and parameter in sample for place, parameter in places):
            raise NotCompilable(
                f"{sql}: a value that another field prepared otherwise would stay as it is in the sample"
            )
        columns = [expression for expression, *_ in compiler.select[: compiler.col_count]] if compiler.select else []
        converters = compiler.get_converters(columns)
        kept = tuple(
            (place, tuple(_quick(function, column) for function in functions), column)
            for place, (functions, column) in converters.items()
        )
        taken = tuple(type(value) if value is given else None for value, (_, given) in zip(sample, parts, strict=True))
        self._statements[database.vendor] = Statement(*_with_constants(sql, places), len(columns), kept, taken)
        return self._statements[database.vendor]


class Select(_Compiled[V]):
    """A SELECT; `build` returns the query of a queryset of tuples."""

    def rows(self, values: V, *, along: "Deferred[object] | None" = None) -> list[tuple[object, ...]]:
        """Run it and return its rows, converted as Django would.

        `along` is answered by the same statement where the database knows one that does.
        """
        database = connections[DEFAULT_DB_ALIAS]
        statement, parameters = self.bind(database, values)
        if along is None or not isinstance(database, PostgreSQL):
            rows = statement.text.run(database, parameters).rows
        else:
            rows = along.answered_with(statement, parameters, database)
        return [_converted(row, statement, database) for row in rows]


class Deferred(Generic[R_co]):
    """The one row of a SELECT, or None: read together with another's rows, or else when it is wanted.

    Its first column is a key, as that of the other is: a null there says that there is no row.
    """

    def __init__(self, select: Select[V], values: Callable[[], V], make: Callable[[Sequence[object]], R_co]) -> None:
        """Take the SELECT, what returns its values once it is asked, and what makes a row of columns as Django's.

        The values may have the time in them: it may be asked after a wait.
        """
        self._select = cast("Select[tuple[object, ...]]", select)
        self._values, self._make = values, make
        self._rows: list[tuple[object, ...]] | None = None

    def row(self) -> R_co | None:
        """Return it, as it was when it was read."""
        if self._rows is None:
            self._rows = self._select.rows(self._values())
        return self._make(self._rows[0]) if self._rows else None

    def answered_with(
        self, other: Statement, parameters: list[object], database: PostgreSQL
    ) -> list[tuple[object, ...]]:
        """Run another statement with its own, keep its row, and return the rows of the other."""
        mine, own = self._select.bind(database, self._values())
        rows = _both(other, mine).run(database, parameters + own).rows
        cut = other.width
        self._rows = [_converted(row[cut:], mine, database) for row in rows[:1] if row[cut] is not None]
        return [row[:cut] for row in rows if row[0] is not None]


class Update(_Compiled[V]):
    """An UPDATE of one table; `build` returns what `update_of` makes of a queryset."""

    def run(self, values: V) -> int:
        """Run it and return how many rows it changed."""
        database = connections[DEFAULT_DB_ALIAS]
        statement, parameters = self.bind(database, values)
        return statement.text.run(database, parameters).changed


@cache
def _both(first: Statement, second: Statement) -> Text:
    """Return the statement with a row for each of the first's, one at least, and the second's row behind each."""
    read = ", ".join(
        f"{name} ({', '.join(f'{name}_{number}' for number in range(each.width))}) AS ({each.text.sql})"
        for name, each in (("first", first), ("second", second))
    )
    # there is always a row to join to: the second's is wanted even where the first finds nothing
    together = "SELECT * FROM (SELECT) AS always LEFT JOIN first ON TRUE LEFT JOIN second ON TRUE"
    values = [(which, value) for which, each in enumerate((first, second)) for value in each.parameters]
    return Text.of(f"WITH {read} {together}", values)


def update_of(rows: QuerySet[M], **changes: object) -> Query:
    """Return the query of `rows.update(**changes)`, which is not run."""
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(changes)
    query.annotations = {}
    return query


def _with_constants(
    sql: str, parameters: Sequence[tuple[int | None, object]]
) -> tuple[Text, tuple[tuple[int | None, object], ...]]:
    """Return the statement with constant numbers and truth values in its text: none of them is sent each time."""
    first, *rest = PLACEHOLDER.split(sql)
    text, kept = [first], []
    for parameter, following in zip(parameters, rest, strict=True):
        place, fixed = parameter
        if place is None and isinstance(fixed, int):
            text.append(str(fixed).lower())
        else:
            text.append("%s")
            kept.append(parameter)
        text.append(following)
    return Text.of("".join(text), kept), tuple(kept)


def _place(sample: Sequence[object], parameter: object) -> int | None:
    for place, value in enumerate(sample):
        if type(parameter) is type(value) and parameter == value:
            return place
    return None


def _quick(convert: Converter, column: BaseExpression) -> Converter:
    """Return a converter that does the same with a faster decoder, where it is Django's of a column of JSON."""
    field = getattr(convert, "__self__", None)
    if not isinstance(field, JSONField) or field.decoder is not None or isinstance(column, KeyTransform):
        return convert
    return _from_json if convert == field.from_db_value else convert


def _from_json(value: object, _column: BaseExpression, _database: object) -> object:
    if value is None:
        return None
    try:
        return orjson.loads(cast("str", value))
    except orjson.JSONDecodeError:  # a column can hold more: numbers of hundreds of digits
        return json.loads(cast("str", value))


def _converted(row: tuple[object, ...], statement: Statement, database: BaseDatabaseWrapper) -> tuple[object, ...]:
    values = list(row)
    for place, functions, column in statement.converters:
        for function in functions:
            values[place] = function(values[place], column, database)
    return tuple(values)
