"""Changing what one is called."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account import caller
from graph.account.types import User
from graph.mutations import Problems, mutation
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from idp.users import services as users

MAX_NAME = 150  # characters, as Django's columns have it
Name = Annotated[str | None, strawberry.argument(description="May be empty; left out, it stays as it is.")]


@strawberry.type(description="What `updateProfile` did.")
class UpdateProfilePayload:
    """The person as they are now."""

    user: User | None = attribute(inherited, "The person as they are now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write"),
    "Change the first name, the last name, or both, of the person that the token speaks for.",
    limit=ACCOUNT_MUTATIONS,
)
def update_profile(info: Info, first_name: Name = None, last_name: Name = None) -> UpdateProfilePayload:
    """Change what is given."""
    row, problems, changes = caller.row(info), Problems(), {}
    for column, argument, value in (("first_name", "firstName", first_name), ("last_name", "lastName", last_name)):
        if value is None:
            continue
        changes[column] = value.strip()
        if len(changes[column]) > MAX_NAME or not changes[column].isprintable():
            problems.add(ErrorCode.INVALID, f"It must be at most {MAX_NAME} printable characters.", argument)
    problems.raise_any()
    if changes:
        users.set_profile(row, **changes)
    return UpdateProfilePayload(user=User.of_rows([row], info.context.viewer)[0], errors=[])
