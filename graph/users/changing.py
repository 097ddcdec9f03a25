"""Whom a caller may change: nobody who may do more than the caller's own token."""

from typing import Annotated

import strawberry

from graph import ids
from graph.account.types import User
from graph.mutations import problem
from graph.payloads import ErrorCode
from graph.roles import changing as roles
from graph.viewer import Info
from idp.users import services as users
from idp.users.errors import UnknownRole
from idp.users.models import Role
from idp.users.models import User as UserRow
from oauth_ext import scopes

UserId = Annotated[strawberry.ID, strawberry.argument(description="The person's `id`.")]


def find(info: Info, id_asked: str) -> UserRow:
    """Return the person; raises `Problems` for nobody, and for who may do more than this token, by role or as staff."""
    viewer = info.context.viewer
    pk = ids.unseal("User", id_asked, viewer.sector)
    row = users.everybody().filter(pk=pk).first() if pk is not None else None
    if row is None:
        raise problem(ErrorCode.NOT_FOUND, "There is no such person.", "id")
    if row.is_staff or row.is_superuser:
        raise problem(
            ErrorCode.NOT_ALLOWED, "They may change everything in Django's admin, and are changed there.", "id"
        )
    if beyond := scopes.beyond(row.role.scopes, viewer.scopes):
        raise problem(ErrorCode.NOT_ALLOWED, f"They may do more than this token: {', '.join(beyond)}.", "id")
    return row


def find_role(info: Info, name: str) -> Role:
    """Return the role; raises `Problems` for none, and for one that may do more than this token."""
    try:
        role = users.find_role(name)
    except UnknownRole:
        raise problem(ErrorCode.NOT_FOUND, "There is no such role.", "role") from None
    roles.judge(info, role, "role")
    return role


def shown(info: Info, row: UserRow) -> User:
    """Return the person as they are now."""
    [user] = User.of_rows([users.everybody().get(pk=row.pk)], info.context.viewer)
    return user
