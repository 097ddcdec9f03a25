"""What every mutation's payload has in common."""

from enum import Enum

import strawberry

from graph.access import attribute, inherited


@strawberry.enum(description="Why a mutation did not do what was asked. Names are never changed, but more may come.")
class ErrorCode(Enum):
    """Clients branch on these names."""

    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is none such that the caller may change.")
    INVALID = strawberry.enum_value("INVALID", description="The value can't be taken; the message says why.")
    TAKEN = strawberry.enum_value("TAKEN", description="The name belongs to something else already.")
    NOT_ALLOWED = strawberry.enum_value(
        "NOT_ALLOWED", description="The caller may do this, but not with this value, or not to this object."
    )


@strawberry.type(description="Why a mutation did not do what was asked.")
class Error:
    """An error the caller can do something about; all others are in the response's own `errors`."""

    message: str = attribute(inherited, "A sentence for people.")
    code: ErrorCode = attribute(inherited, "A stable name for programs.")
    field: str | None = attribute(inherited, "The argument it is about.")
