"""Taking back what was allowed."""

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


@strawberry.type(description="What `revokeConsent` did.")
class RevokeConsentPayload:
    """The consent as it was, if it was taken back."""

    consent: Consent | None = attribute(inherited, "What was taken back; null with errors.", optional=True)
    errors: list[Error] = attribute(inherited, "Why it was not taken back.")


@mutation(
    requires_scopes("account:write", "sessions:write"),
    "Take back what a client was allowed, and end all it got by it: one's own or, with `sessions:write`, anybody's.",
    limit=ACCOUNT_MUTATIONS,
)
def revoke_consent(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The consent's `id`.")]
) -> RevokeConsentPayload:
    """Take it back before answering."""
    consent = Consent.load(info, id)
    if consent is None or not may_change(info, consent) or not consents.revoke(consent.pk):
        raise problem(ErrorCode.NOT_FOUND, "There is no such consent.", "id")
    return RevokeConsentPayload(consent=consent, errors=[])
