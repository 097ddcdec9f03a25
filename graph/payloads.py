"""What every mutation's payload has in common."""

import strawberry

from graph.access import attribute, inherited


@strawberry.type(description="Why a mutation did not do what was asked.")
class Error:
    """An error the caller can do something about; all others are in the response's own `errors`."""

    message: str = attribute(inherited, "A sentence for people.")
    code: str = attribute(inherited, "A stable name for programs.")
    field: str | None = attribute(inherited, "The argument it is about.")
