"""A person's e-mail addresses, and in what words changing them is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Self

import strawberry

from graph.access import attribute, inherited
from graph.mutations import problem
from graph.payloads import ErrorCode
from idp.users import emails
from idp.users.errors import (
    AddressNotProved,
    AddressProved,
    BadAddress,
    EmailError,
    PrimaryAddress,
    TooManyAddresses,
    UnknownAddress,
    WrongCode,
)

EMAILS: Final = "emails"  # a list without pages: as long as there may be addresses
LONGEST: Final = emails.MOST + 1
Typed = Annotated[str, strawberry.argument(description="The address; upper and lower case are alike.")]

_REFUSED: Final[dict[type[EmailError], tuple[ErrorCode, str]]] = {
    BadAddress: (ErrorCode.INVALID, "address"),
    WrongCode: (ErrorCode.INVALID, "code"),
    UnknownAddress: (ErrorCode.NOT_FOUND, "address"),
    AddressProved: (ErrorCode.NOT_ALLOWED, "address"),
    AddressNotProved: (ErrorCode.NOT_ALLOWED, "address"),
    PrimaryAddress: (ErrorCode.NOT_ALLOWED, "address"),
    TooManyAddresses: (ErrorCode.NOT_ALLOWED, "address"),
}


@strawberry.type(description="An e-mail address of a person.")
class EmailAddress:
    """Whoever was given the list was given what is in it."""

    address: str = attribute(inherited, "The address.")
    verified: bool = attribute(inherited, "Whether it was shown to be theirs.")
    primary: bool = attribute(
        inherited, "Whether it is the account's own: the one to sign in by, and where links to set a password go."
    )

    @classmethod
    def of(cls, user_pk: int, primary: str) -> list[Self]:
        """Return those of a person, the primary one first: one statement."""
        return [cls(**address._asdict()) for address in emails.of_user(user_pk, primary)]


@contextmanager
def refusing() -> Iterator[None]:
    """Say in a payload what the service refuses."""
    try:
        yield
    except EmailError as error:
        code, field = _REFUSED[type(error)]
        raise problem(code, str(error), field) from error
