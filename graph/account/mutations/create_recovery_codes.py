"""New recovery codes."""

import strawberry

from graph.access import attribute, inherited
from graph.account.factors import CHANGES, changer
from graph.mutations import mutation, problem
from graph.payloads import Error, ErrorCode
from graph.viewer import Info
from idp.factors import recovery_codes
from idp.factors import services as factors
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `createRecoveryCodes` did.")
class CreateRecoveryCodesPayload:
    """The codes, for this one time."""

    codes: list[str] | None = attribute(
        inherited, "Ten codes, each good once; nobody can show them again. Null with errors.", optional=True
    )
    errors: list[Error] = attribute(inherited, "Why there are none.")


@mutation(
    CHANGES,
    "Make recovery codes, for when an app or a passkey is lost; those from before are dead. Their owner is mailed.",
    limit=ACCOUNT_MUTATIONS,
    atomic=False,
)
def create_recovery_codes(info: Info) -> CreateRecoveryCodesPayload:
    """Make them for whoever has something to recover."""
    user = changer(info)
    if not factors.has_second_factor(user.pk):
        raise problem(ErrorCode.NOT_ALLOWED, "There is nothing to recover: add an app or a passkey first.")
    return CreateRecoveryCodesPayload(codes=recovery_codes.make(user), errors=[])
