"""Allowing less than was allowed."""

from typing import Annotated

import strawberry

from graph.access import attribute, inherited, requires_scopes
from graph.account.consent import Consent
from graph.account.owned import may_change
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.ratelimit.limits import ACCOUNT_MUTATIONS
from oauth_ext.consents import services as consents


@strawberry.type(description="What `narrowConsent` did.")
class NarrowConsentPayload:
    """The consent as it is now."""

    consent: Consent | None = attribute(inherited, "What is allowed now; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why nothing has changed.")


@mutation(
    requires_scopes("account:write", "sessions:write"),
    "Allow a client less than before. All it got by the consent ends; for what is left nobody is asked again.",
    limit=ACCOUNT_MUTATIONS,
)
def narrow_consent(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The consent's `id`.")],
    scopes: Annotated[list[str], strawberry.argument(description="What stays allowed, of what is allowed now.")],
) -> NarrowConsentPayload:
    """Put a narrower one in its place."""
    viewer = info.context.viewer
    row = Consent.row(viewer, id)
    if row is None or not may_change(info, Consent.of(row, viewer)):
        raise problem(ErrorCode.NOT_FOUND, "There is no such consent.", "id")
    if not scopes or not set(scopes) <= set(row.scopes):
        raise problem(ErrorCode.INVALID, "Name at least one scope, and only those that are allowed now.", "scopes")
    try:
        narrowed = consents.narrow(row, dict.fromkeys(scopes))
    except LookupError:
        raise problem(ErrorCode.NOT_FOUND, "There is no such consent.", "id") from None
    return NarrowConsentPayload(consent=Consent.of(narrowed, viewer), errors=[])
