"""Setting up an authenticator app."""

import strawberry
from django.conf import settings

from graph.access import attribute, inherited
from graph.account.factors import CHANGES, changer, refusing
from graph.mutations import mutation
from graph.payloads import Error
from graph.viewer import Info
from idp.factors import authenticator_app
from idp.ratelimit.limits import ACCOUNT_MUTATIONS


@strawberry.type(description="What `beginAuthenticatorApp` did.")
class BeginAuthenticatorAppPayload:
    """What goes into the app: shown to its owner, and kept by nobody else."""

    secret: str | None = attribute(inherited, "The secret, to be typed: base32; null with errors.", optional=True)
    uri: str | None = attribute(inherited, "The same as an `otpauth:` URI, to be shown as a QR code.", optional=True)
    errors: list[Error] = attribute(inherited, "Why there is none.")


@mutation(
    CHANGES,
    "Make a secret for an authenticator app. It counts once `confirmAuthenticatorApp` was given its first code; until "
    "then another call makes another one.",
    limit=ACCOUNT_MUTATIONS,
)
def begin_authenticator_app(info: Info) -> BeginAuthenticatorAppPayload:
    """Make it."""
    with refusing():
        setup = authenticator_app.begin(changer(info), issuer=settings.ISSUER_URL)
    return BeginAuthenticatorAppPayload(secret=setup.secret, uri=setup.uri, errors=[])
