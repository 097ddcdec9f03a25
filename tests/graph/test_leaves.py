"""A leaf that goes the short way is told, withheld and refused as graphql-core would."""

import enum
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import strawberry
from django.test import RequestFactory
from graphql import execute_sync, parse

from graph.access import Access, attribute, field, inherited, public, requires_scopes
from graph.federation import FederationQueries
from graph.leaves import _LEAF, LeafExecutor
from graph.schema import assemble
from graph.viewer import Context

withheld = Access((), (lambda _context, _source: False,), may_withhold=True)


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"


@strawberry.type
class Thing:
    name: str = attribute(inherited, "A name.")
    number: int | None = attribute(inherited, "A number.", optional=True)
    many: list[str] = attribute(inherited, "Names.")
    colour: Colour = attribute(inherited, "A colour.")
    when: datetime = attribute(inherited, "A time.")
    hidden: str | None = attribute(withheld, "Nobody reads it.", optional=True)
    refused: str | None = attribute(requires_scopes("none"), "Who has no token doesn't read it.", optional=True)

    @field(inherited, "Reckoned.")
    def reckoned(self) -> str:
        return self.name * 2


def thing(**changes: object) -> Thing:
    whole = {
        "name": "one",
        "number": None,
        "many": ["a", "b"],
        "colour": Colour.RED,
        "when": datetime(2026, 11, 28, tzinfo=UTC),
        "hidden": "hidden",
        "refused": "refused",
    }
    return Thing(**whole | changes)  # type: ignore[arg-type]  # some are wrong on purpose


def schema_of(told: Thing):
    @strawberry.type
    class Root(FederationQueries):
        @field(public("It is a test."), "The thing.")
        def thing(self) -> Thing | None:
            return told

    return assemble(Root)._schema


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"number": 7},
        {"number": 2**40},
        {"number": "seven"},
        {"name": None},
        {"many": None},
        {"many": ["a", None]},
        {"many": "letters"},
        {"many": ("a", "b")},
        {"many": [ValueError("no name")]},
        {"colour": "no colour"},
        {"when": "no time"},
        {"name": ValueError("no name")},
    ],
)
@pytest.mark.parametrize(
    "selection",
    [
        "__typename name number",
        "n: name many colour when reckoned",
        "n: name many colour when",
        "hidden refused",
        "hidden kind: __typename refused again: refused number",
        "refused number refused",
        "name @skip(if: true) number",
        "name ... on Thing { refused } number",
        "name ... @include(if: false) { name } name",
    ],
)
def test_both_ways_tell_the_same(changes, selection):
    schema = schema_of(thing(**changes))
    answers = [
        execute_sync(
            schema,
            parse(f"{{ thing {{ {selection} }} }}"),
            context_value=Context(RequestFactory().get("/")),
            executor_class=executor,
        ).formatted
        for executor in (None, LeafExecutor)
    ]
    assert answers[0] == answers[1]


def test_leaves_alone_go_the_short_way():
    fields = schema_of(thing()).type_map["Thing"].fields
    assert {name for name, told in fields.items() if _LEAF in told.extensions} == {
        *("name", "number", "many", "colour", "when", "hidden", "refused")
    }


def test_T93_when_time_is_up_no_leaf_is_read(monkeypatch):
    late = Context(RequestFactory().get("/"))
    clock = iter([late.ends - 1, late.ends + 1, late.ends + 2, late.ends + 3])
    monkeypatch.setattr("graph.viewer.time", SimpleNamespace(monotonic=clock.__next__))
    document = parse("{ thing { name } }")
    result = execute_sync(schema_of(thing()), document, context_value=late, executor_class=LeafExecutor)
    assert result.data == {"thing": None}
    assert [error.path for error in result.errors or ()] == [["thing", "name"]]
