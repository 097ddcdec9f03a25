"""Signing a browser out from elsewhere."""

from typing import Annotated

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account.owned import RECENTLY, may_change
from graph.account.session import Session
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from idp.sessions import services as sessions


@strawberry.type(description="What `endSession` did.")
class EndSessionPayload:
    """The session as it was, if it has ended."""

    session: Session | None = attribute(inherited, "The session that has ended; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why it has not ended.")


@mutation(
    requires_scopes("account:write", "sessions:write") & fresh(RECENTLY, unless="sessions:write"),
    "End a sign-in, and every token that hangs on it: one's own or, with `sessions:write`, anybody's.",
    limit=ACCOUNT_MUTATIONS,
)
def end_session(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The session's `id`.")]
) -> EndSessionPayload:
    """End it before answering."""
    session = Session.load(info, id)
    if session is None or not may_change(info, session) or not sessions.end(session.pk):
        raise problem(ErrorCode.NOT_FOUND, "There is no such session.", "id")
    return EndSessionPayload(session=session, errors=[])
