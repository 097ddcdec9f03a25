"""How much a client uses, as the API shows it."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

import strawberry

from graph.access import attribute, inherited
from graph.counted import MOST, counted
from graph.errors import Code, GraphError
from oauth_ext.counts import services as counts
from oauth_ext.counts.services import Used

MAX_DAYS: Final = 400
DAYS: Final = 30
USAGE: Final = "usage"  # a list without pages: as many days as are asked for

Days = Annotated[
    int, strawberry.argument(description=f"Of the last so many days of UTC, today included: 1 to {MAX_DAYS}.")
]


@strawberry.type(description=f"What a client did on one day. Numbers stop at {MOST}.")
class ClientUsage:
    """Told to who may see the client's registration."""

    day: date = attribute(inherited, "The day, from midnight to midnight of UTC.")
    refreshes: int = attribute(inherited, "How often it refreshed and was answered with tokens.")
    checks: int = attribute(
        inherited, "How often a token that it was issued was checked and found good, whoever asked and for whatever."
    )


class Usages:
    """What some clients did that are shown together: asked for once, and not before somebody wants to know."""

    def __init__(self, client_pks: Iterable[int]) -> None:
        """Keep whose."""
        self._client_pks = set(client_pks)
        self._by_days: dict[int, dict[int, list[Used]]] = {}

    def of(self, client_pk: int, days: int) -> list[ClientUsage]:
        """Return one client's: one statement for all. Raises `BAD_USER_INPUT` for a number of days out of bounds."""
        if not 1 <= days <= MAX_DAYS:
            raise GraphError(Code.BAD_USER_INPUT, f"days must be 1 to {MAX_DAYS}.", field="days")
        if days not in self._by_days:
            self._by_days[days] = counts.used(self._client_pks, days=days)
        return [
            ClientUsage(day=used.day, refreshes=counted(used.refreshes), checks=counted(used.checks))
            for used in self._by_days[days].get(client_pk, ())
        ]
