"""Which roles a caller may change, and what they may be given: nothing over others that the caller's token lacks."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from graph import ids
from graph.mutations import Problems, problem
from graph.payloads import ErrorCode
from graph.viewer import Info
from idp.users import acr
from idp.users import services as users
from idp.users.models import Role
from oauth_ext import scopes

RoleId = Annotated[strawberry.ID, strawberry.argument(description="The role's `id`.")]

MinimumAcr = Annotated[
    str,
    strawberry.argument(
        description="How strongly its holders must sign in: one of `acr_values_supported`; empty, as they like. What "
        "they hold by a weaker sign-in counts for nothing as long as this is demanded."
    ),
]


def find(info: Info, id_asked: str) -> Role:
    """Return the role; raises `Problems` for none, and for one that may do more than this token."""
    pk = ids.unseal("Role", id_asked)
    row = Role.objects.filter(pk=pk).first() if pk is not None else None
    if row is None:
        raise problem(ErrorCode.NOT_FOUND, "There is no such role.", "id")
    judge(info, row, "id")
    return row


def judge(info: Info, role: Role, argument: str) -> None:
    """Raise `Problems` for a role that may do more than this token: nobody gives, changes or takes it."""
    if beyond := scopes.beyond(role.scopes, info.context.viewer.scopes):
        raise problem(ErrorCode.NOT_ALLOWED, f"The role may do more than this token: {', '.join(beyond)}.", argument)


def judge_scopes(info: Info, wanted: Sequence[str], problems: Problems) -> None:
    """Note what is wrong with the scopes that a role shall have."""
    if any(scopes.unfit_for_role(name) for name in wanted):
        problems.add(ErrorCode.INVALID, "Some are not known, or are everybody's.", "scopes")
    elif beyond := scopes.beyond(wanted, info.context.viewer.scopes):
        message = f"Such a role may do more than this token: {', '.join(beyond)}."
        problems.add(ErrorCode.NOT_ALLOWED, message, "scopes")


def judge_description(description: str, problems: Problems) -> None:
    """Note what is wrong with a description."""
    if problem := users.description_problem(description):
        problems.add(ErrorCode.INVALID, problem, "description")


def judge_minimum_acr(minimum_acr: str, problems: Problems) -> None:
    """Note what is wrong with what is demanded of a sign-in."""
    if problem := acr.minimum_problem(minimum_acr):
        problems.add(ErrorCode.INVALID, problem, "minimumAcr")
