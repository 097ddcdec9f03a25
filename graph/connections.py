"""Lists, page by page (GraphQL Cursor Connections), by the key of the last row seen and never by counting.

A page costs what its rows cost, wherever in the list it is. There is no total: to count ten million rows is no part of
showing twenty of them. A cursor is sealed and bound to its list and order: it names nothing, and can't be made up.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

import strawberry
from django.db.models import Model, Q, QuerySet

from graph import ids
from graph.access import attribute, inherited
from graph.errors import Code, GraphError

MAX_PAGE: Final = 100
PAGE: Final = 20
ENTITIES: Final = "_entities"  # a list without pages, as a router asks for it: as long as the longest page

M = TypeVar("M", bound=Model)
T = TypeVar("T")

First = Annotated[int, strawberry.argument(description=f"How many at most: 1 to {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor behind which the page begins.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Pages go forward only, so nothing is ever said to come before."""

    has_next_page: bool = attribute(inherited, "Whether more comes after it.")
    has_previous_page: bool = attribute(inherited, "False: pages go forward only.")
    start_cursor: str | None = attribute(inherited, "The cursor of its first node; null on an empty page.")
    end_cursor: str | None = attribute(inherited, "The cursor of its last node, for `after`; null on an empty page.")


@strawberry.type(description="A node, and where in the list it stands.")
class Edge(Generic[T]):
    """Whoever was given the connection was given its nodes."""

    cursor: str = attribute(inherited, "For `after`.")
    node: T = attribute(inherited, "What stands there.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Edges, and their nodes alone for who needs no cursors but the last."""

    edges: list[Edge[T]] = attribute(inherited, "The nodes with their cursors.")
    nodes: list[T] = attribute(inherited, "The nodes.")
    page_info: PageInfo = attribute(inherited, "Where the page lies in the list.")


@dataclass(frozen=True)
class Asked:
    """A page that somebody asks for: of the list named, `first` rows behind the cursor `after`."""

    listed: str
    first: int
    after: str | None


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows of a page, the cursor of each, and whether more comes."""

    rows: list[M]
    cursors: list[str]
    more: bool

    def shown(self, nodes: list[T]) -> Connection[T]:
        """Return the connection of these nodes, one for each row."""
        return Connection(
            edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(self.cursors, nodes, strict=True)],
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=self.more,
                has_previous_page=False,
                start_cursor=self.cursors[0] if self.cursors else None,
                end_cursor=self.cursors[-1] if self.cursors else None,
            ),
        )


def page(rows: QuerySet[M], asked: Asked, order: str = "-pk") -> Page[M]:
    """Return a page of the rows in an order, as `order_by` has it, then of the primary key: one SELECT of one row more.

    Raises `BAD_USER_INPUT` for a number of rows out of bounds, and for what is no cursor of this list.
    """
    if not 1 <= asked.first <= MAX_PAGE:
        raise GraphError(Code.BAD_USER_INPUT, f"first must be 1 to {MAX_PAGE}.", field="first")
    if asked.after is not None:
        rows = rows.filter(_behind(asked, order))
    found = list(rows.order_by(order, "-pk" if order.startswith("-") else "pk")[: asked.first + 1])
    shown = found[: asked.first]
    return Page(shown, [_cursor(asked, row, order) for row in shown], len(found) > asked.first)


def _cursor(asked: Asked, row: Model, order: str) -> str:
    column = order.removeprefix("-")
    value = row.serializable_value(column) if column != "pk" else None
    return ids.seal_bytes(f"cursor of {asked.listed} by {order}", json.dumps([value, row.pk], default=str).encode())


def _behind(asked: Asked, order: str) -> Q:
    opened = ids.unseal_bytes(f"cursor of {asked.listed} by {order}", asked.after)
    if opened is None:
        raise GraphError(Code.BAD_USER_INPUT, "after must be a cursor of this list, in this order.", field="after")
    value, pk = json.loads(opened)
    column, beyond = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    key = Q(**{f"pk__{beyond}": pk})
    if column == "pk":
        return key
    # the first condition says nothing that the second doesn't, but by it the index is entered at the right place
    return Q(**{f"{column}__{beyond}e": value}) & (Q(**{f"{column}__{beyond}": value}) | key)
