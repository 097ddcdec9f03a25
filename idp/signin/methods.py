"""What a sign-in proves: `acr` and `amr` as tokens state them (OIDC Core §2, RFC 8176, NIST SP 800-63B-4).

Each way in notes what was shown, with allauth, behind the browser's cookie; the session is started by all of it.
"""

import time
from dataclasses import dataclass
from typing import Final

from allauth.account import app_settings
from allauth.account.internal.flows.login import (
    clear_authentication_records,
    get_authentication_records,
    record_authentication,
)
from django.http import HttpRequest

from idp.factors.passkeys import Proof
from idp.users.acr import ONE_FACTOR, PHISHING_RESISTANT, TWO_FACTORS, strongest
from idp.users.models import User

PASSWORD_ACR: Final = ONE_FACTOR
PASSWORD_AMR: Final = ("pwd",)
_SEVERAL: Final = "mfa"
_METHOD: Final = "mfa"  # allauth's word for whatever isn't a password
_PROVIDER: Final = "socialaccount"  # and its word for another provider


@dataclass(frozen=True)
class Authentication:
    """What was proved; `amr` in the order in which it was, and last that it was by several factors."""

    acr: str
    amr: list[str]

    def and_then(self, later: "Authentication") -> "Authentication":
        """Return this with what was proved since: nothing that was proved is lost (NIST SP 800-63B-4 §2.2.3)."""
        amr = [method for method in dict.fromkeys([*self.amr, *later.amr]) if method != _SEVERAL]
        several = [_SEVERAL] if _SEVERAL in [*self.amr, *later.amr] else []
        return Authentication(strongest([self.acr, later.acr]), [*amr, *several])


NOTHING: Final = Authentication("", [])
PASSWORD: Final = Authentication(PASSWORD_ACR, list(PASSWORD_AMR))
# both only ever come second; RFC 8176 has no name for the latter
CODES: Final = {
    "authenticator_app": Authentication(TWO_FACTORS, ["otp", _SEVERAL]),
    "recovery_code": Authentication(TWO_FACTORS, [_SEVERAL]),
}


def passkey(*, synced: bool) -> Authentication:
    """Return what a passkey proves: as the first factor it has shown its holder's face, finger or PIN as well.

    Those that are synced between devices are held by software (RFC 8176: `swk`), the others we take for hardware.
    """
    return Authentication(PHISHING_RESISTANT, ["swk" if synced else "hwk", "user", _SEVERAL])


def begin(request: HttpRequest) -> None:
    """Forget what an attempt before this one has shown."""
    clear_authentication_records(request)


def note_password(request: HttpRequest, user: User) -> None:
    """Note that the password was right, or was just chosen."""
    record_authentication(request, user, method="password")


def note_code(request: HttpRequest, user: User, kind: str) -> None:
    """Note that a code was right; `kind` as `factors.claim_code` says it."""
    record_authentication(request, user, method=_METHOD, type=kind)


def note_passkey(request: HttpRequest, proof: Proof) -> None:
    """Note that a passkey was used."""
    record_authentication(request, proof.user, method=_METHOD, type="passkey", synced=proof.synced)


def note_provider(request: HttpRequest, user: User, at_provider: Authentication) -> None:
    """Note that another provider has said who they are; `at_provider` is what that is worth here."""
    record_authentication(request, user, method=_PROVIDER, acr=at_provider.acr, amr=at_provider.amr)


def proved(request: HttpRequest, user: User) -> Authentication:
    """Return what this attempt has shown of the user."""
    oldest = time.time() - app_settings.LOGIN_TIMEOUT
    shown = NOTHING
    for record in get_authentication_records(request, user):
        if record["at"] >= oldest:
            shown = shown.and_then(_shown_by(record))
    return shown


def _shown_by(record: dict[str, object]) -> Authentication:
    if record["method"] == "password":
        return PASSWORD
    if record["method"] == _PROVIDER:
        amr = record["amr"]
        return Authentication(str(record["acr"]), list(amr) if isinstance(amr, list) else [])
    if record["method"] == _METHOD and record["type"] == "passkey":
        return passkey(synced=bool(record["synced"]))
    return CODES.get(str(record.get("type")), NOTHING)
