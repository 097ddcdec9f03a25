"""Deleting one's own account."""

from datetime import datetime

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account import caller
from graph.account.owned import RECENTLY
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import DELETE_ACCOUNT
from idp.users import deletion
from idp.users.errors import KeptAccount


@strawberry.type(description="What `deleteAccount` did.")
class DeleteAccountPayload:
    """No person: this token may not read them any more."""

    deletion_due_at: datetime | None = attribute(
        inherited, "When the account will be gone, unless they sign in before; null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why the account is as it was.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Close the person's account, to be deleted after a while. Every sign-in of theirs, and every grant and token, ends "
    "at once, this one's too, and they are told by mail. Who signs in before `deletionDueAt` keeps the account; after "
    "it, nobody can. Refused for those to whom the server's administration is open.",
    limit=DELETE_ACCOUNT,
)
def delete_account(info: Info) -> DeleteAccountPayload:
    """Leave the rest to the worker."""
    try:
        return DeleteAccountPayload(deletion_due_at=deletion.ask(caller.row(info)), errors=[])
    except KeptAccount:
        message = "You are let into the administration of this service. Have that taken away first."
        raise problem(ErrorCode.NOT_ALLOWED, message) from None
