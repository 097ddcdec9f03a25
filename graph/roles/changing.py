"""What a role may be given: known scopes, and of those over others none that the caller's own token lacks."""

from collections.abc import Sequence

from graph.mutations import Problems
from graph.payloads import ErrorCode
from graph.viewer import Info
from idp.users import services as users
from oauth_ext import scopes


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
