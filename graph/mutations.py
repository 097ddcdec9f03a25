"""The one base of all mutations: permission, clean, act, errors.

Who may is declared and judged before (`graph.schema`). The mutation itself collects all that is wrong with its
arguments in `Problems` and raises them at once; then it acts, in one transaction, which ends where it raises.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, cast, get_type_hints

from django.db import transaction
from strawberry.types.field import StrawberryField

from graph.access import Access, field
from graph.payloads import Error, ErrorCode
from idp.ratelimit.limits import Limit

P = ParamSpec("P")


class Payload(Protocol):
    """What a mutation answers: all but `errors` is null where there are any."""

    errors: list[Error]


R = TypeVar("R", bound=Payload)


class Problems(Exception):
    """What is wrong with the arguments of a mutation, all of it."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        super().__init__()
        self.errors: list[Error] = []

    def add(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        """Note one; `field` is the argument's name as in the schema."""
        self.errors.append(Error(message=message, code=code, field=field))

    def raise_any(self) -> None:
        """Raise them if there are any."""
        if self.errors:
            raise self


def problem(code: ErrorCode, message: str, field: str | None = None) -> Problems:
    """Return what to raise where one thing is wrong that leaves nothing else to be judged."""
    problems = Problems()
    problems.add(code, message, field)
    return problems


def mutation(
    access: Access, description: str, *, limit: Limit, atomic: bool = True
) -> Callable[[Callable[P, R]], StrawberryField]:
    """Make a function a mutation: what it answers is its payload, or one with its problems.

    It is alone in its operation, so one that is refused leaves no other answer to be told: no payload is ever null.
    Not `atomic` is one whose service opens the transaction itself, after what takes long.
    """

    def decorate(resolver: Callable[P, R]) -> StrawberryField:
        payload = get_type_hints(resolver)["return"]

        @wraps(resolver)
        def act(*arguments: P.args, **named: P.kwargs) -> R:
            try:
                with transaction.atomic() if atomic else nullcontext():
                    return resolver(*arguments, **named)
            except Problems as problems:
                return cast("R", payload(errors=problems.errors))

        return field(replace(access, alone=True, may_withhold=False), description, limit=limit)(act)

    return decorate
