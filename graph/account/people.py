"""Whose something is, where it is shown with the same of others."""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import strawberry

from idp.users import services as users
from oauth_ext.tokens.services import Judged

if TYPE_CHECKING:
    from graph.account.types import User

# By name: a person has sessions, a session has a person.
Person = Annotated["User", strawberry.lazy("graph.account.types")]


class People:
    """The people of some rows, asked for once and not before somebody wants to know."""

    def __init__(self, user_pks: Collection[int | None], viewer: Judged) -> None:
        """Keep whose, and who asks."""
        self._user_pks = {pk for pk in user_pks if pk is not None}
        self._viewer = viewer

    @cached_property
    def by_pk(self) -> "dict[int, User]":
        """Return them by their keys: one statement, and one more for pairwise subjects."""
        from graph.account.types import User  # noqa: PLC0415  # see above

        rows = list(users.everybody().filter(pk__in=self._user_pks))
        return {person.pk: person for person in User.of_rows(rows, self._viewer)}
