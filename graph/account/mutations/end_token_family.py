"""Taking back one grant."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.owned import may_change
from graph.account.token_family import TokenFamily
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason


@strawberry.type(description="What `endTokenFamily` did.")
class EndTokenFamilyPayload:
    """The family as it was, if it has ended."""

    token_family: TokenFamily | None = attribute(inherited, "What has ended; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why it has not ended.")


@mutation(
    requires_scopes("account:write", "sessions:write"),
    "End a grant with all its tokens: one's own or, with `sessions:write`, anybody's. What was allowed stays allowed.",
    limit=ACCOUNT_MUTATIONS,
)
def end_token_family(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The token family's `id`.")]
) -> EndTokenFamilyPayload:
    """End it before answering."""
    found = TokenFamily.load(info, id)
    if found is None or not may_change(info, found) or not families.end(found.family.pk, EndReason.REVOKED):
        raise problem(ErrorCode.NOT_FOUND, "There is no such token family.", "id")
    return EndTokenFamilyPayload(token_family=found, errors=[])
