"""A token for one's own programs."""

from datetime import datetime
from typing import Annotated

import strawberry

from graph.access import attribute, fresh, inherited, requires_scopes
from graph.account.owned import RECENTLY
from graph.account.token_family import TokenFamily
from graph.errors import Unauthenticated
from graph.mutations import Problems, mutation
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from oauth_ext.errors import InvalidPersonalToken, InvalidToken
from oauth_ext.families.models import Family
from oauth_ext.tokens import services as tokens
from oauth_ext.tokens.services import WantedToken


@strawberry.type(description="What `createPersonalAccessToken` made.")
class CreatePersonalAccessTokenPayload:
    """The token is told this once."""

    token: str | None = attribute(inherited, "The token, told this once; null with errors.", optional=True)
    token_family: TokenFamily | None = attribute(
        inherited, "What it is known by from now on; `endTokenFamily` ends it. Null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why there is no token.")


@mutation(
    requires_scopes("account:write") & fresh(RECENTLY),
    "Make a token for one's own programs: for this API alone, with scopes that the caller's own token carries. It ends "
    "with the person's password, with the client that made it, and with what was allowed to that.",
    limit=ACCOUNT_MUTATIONS,
)
def create_personal_access_token(
    info: Info,
    name: Annotated[str, strawberry.argument(description="What to call it: 1 to 100 characters.")],
    scopes: Annotated[list[str], strawberry.argument(description="What it may do, at least one scope.")],
    expires_at: Annotated[datetime, strawberry.argument(description="When it ends, with an offset from UTC.")],
) -> CreatePersonalAccessTokenPayload:
    """Judge all of it, then make it."""
    try:
        family, token = tokens.make_personal(info.context.viewer, WantedToken(name, scopes, expires_at))
    except InvalidPersonalToken as error:
        problems = Problems()
        for field, sentence in error.problems:
            problems.add(ErrorCode.INVALID, sentence, "expiresAt" if field == "expires_at" else field)
        raise problems from None
    except InvalidToken as error:  # it was ended meanwhile
        raise Unauthenticated(error) from error
    row = Family.objects.select_related("client").get(pk=family.pk)
    return CreatePersonalAccessTokenPayload(
        token=token, token_family=TokenFamily.of(row, info.context.viewer), errors=[]
    )
