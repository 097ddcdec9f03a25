"""Speaking for somebody else."""

from typing import Annotated, Final

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account.owned import RECENTLY
from graph.account.token_family import TokenFamily
from graph.errors import Unauthenticated
from graph.mutations import Problems, mutation
from graph.payloads import Error, ErrorCode
from graph.users.changing import UserId, find
from graph.viewer import Info
from idp.ratelimit.limits import ADMIN_MUTATIONS
from oauth_ext.errors import InvalidScope, InvalidToken
from oauth_ext.families.models import Family
from oauth_ext.grants.impersonation import impersonate as begin

LONGEST_REASON: Final = 500


@strawberry.type(description="What `impersonate` gave.")
class ImpersonatePayload:
    """The token is told this once."""

    token: str | None = attribute(inherited, "An access token, told this once; null with errors.", optional=True)
    expires_in: int | None = attribute(
        inherited, "In how many seconds it ends; there is no refreshing. Null with errors.", optional=True
    )
    token_family: TokenFamily | None = attribute(
        inherited, "What the person sees of it; `endTokenFamily` ends it. Null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why there is no token.")


@mutation(
    requires_scopes("users:impersonate") & fresh(RECENTLY),
    "Get a token that speaks for somebody who may do no more than the caller. It names the caller as the one who acts "
    "(RFC 8693, section 4.1), is not refreshed, and the reason is written down.",
    limit=ADMIN_MUTATIONS,
)
def impersonate(
    info: Info,
    id: UserId,
    reason: Annotated[str, strawberry.argument(description="Why, for the trail: 1 to 500 characters.")],
    scopes: Annotated[list[str], strawberry.argument(description="What is needed for it, at least one scope.")],
) -> ImpersonatePayload:
    """Judge all of it, then issue the token."""
    viewer, problems = info.context.viewer, Problems()
    person = find(info, id)
    if not person.is_active:
        problems.add(ErrorCode.NOT_ALLOWED, "The account is switched off.", "id")
    if person.deletion_due_at is not None:
        problems.add(ErrorCode.NOT_ALLOWED, "The account is to be deleted, and closed until they sign in.", "id")
    if not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        problems.add(ErrorCode.INVALID, f"It must be 1 to {LONGEST_REASON} printable characters.", "reason")
    problems.raise_any()
    try:
        issued, family = begin(viewer, person, list(dict.fromkeys(scopes)), reason.strip())
    except InvalidScope:
        message = "At least one, and none that the person's role, this client or, of power over others, you lack."
        problems.add(ErrorCode.INVALID, message, "scopes")
        raise problems from None
    except InvalidToken as error:  # it was ended meanwhile
        raise Unauthenticated(error) from error
    row = Family.objects.select_related("client").get(pk=family.pk)
    return ImpersonatePayload(
        token=issued.token, expires_in=issued.expires_in, token_family=TokenFamily.of(row, viewer), errors=[]
    )
