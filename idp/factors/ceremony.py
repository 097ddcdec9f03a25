"""WebAuthn's two ceremonies as fido2 runs them, for one origin: ours (WebAuthn Level 3 §7.1, §7.2).

A challenge is good for one answer, in the browser that it was made for, for ten minutes.
"""

import hashlib
import struct
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp.factors.errors import BadPasskey
from idp.factors.models import UsedChallenge
from idp.ops.bites import delete_in_bites

LIFETIME: Final = 600  # seconds
# whatever bytes may come, all of these say only that they are no answer
MALFORMED: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    struct.error,
)


class Ceremony(NamedTuple):
    """What goes to the browser, as `PublicKeyCredential.parse…OptionsFromJSON` reads it, and what is kept here."""

    options: dict[str, object]
    state: dict[str, object]


def begin_registration(
    user: PublicKeyCredentialUserEntity, known: Sequence[AttestedCredentialData], *, alone: bool = False
) -> Ceremony:
    """Have a passkey made: one that can be found without a name, and whose holder shows who they are, if it can.

    Where it will be all that somebody signs in with, `alone`, it must be able to.
    """
    options, state = _server().register_begin(
        user,
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    return Ceremony(dict(options.public_key), _kept(state))


def complete_registration(state: Mapping[str, object], answer: Mapping[str, object]) -> AuthenticatorData:
    """Return what the authenticator says of the new passkey. Raises BadPasskey."""
    try:
        response = RegistrationResponse.from_dict(answer)
        _refuse_framed(response.response.client_data)
        registered = _server().register_complete(_live(state), response)
    except MALFORMED as error:
        raise BadPasskey from error
    if registered.credential_data is None:
        raise BadPasskey
    _use_up(state)
    return registered


def begin_authentication(known: Sequence[AttestedCredentialData], *, verified: bool) -> Ceremony:
    """Ask for one of these passkeys, or for any; `verified`: whoever holds it must show who they are."""
    required = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options, state = _server().authenticate_begin(credentials=known or None, user_verification=required)
    return Ceremony(dict(options.public_key), _kept(state))


def complete_authentication(
    state: Mapping[str, object], known: AttestedCredentialData, answer: AuthenticationResponse
) -> AuthenticatorData:
    """Return what the authenticator says beside its signature. Raises BadPasskey."""
    try:
        _refuse_framed(answer.response.client_data)
        _server().authenticate_complete(_live(state), [known], answer)
    except MALFORMED as error:
        raise BadPasskey from error
    _use_up(state)
    return answer.response.authenticator_data


def read_answer(answer: Mapping[str, object]) -> AuthenticationResponse:
    """Return the answer to `begin_authentication`. Raises BadPasskey."""
    try:
        return AuthenticationResponse.from_dict(answer)
    except MALFORMED as error:
        raise BadPasskey from error


def clean() -> int:
    """Delete the challenges that are too old to be answered again."""
    return delete_in_bites(UsedChallenge.objects.filter(expires_at__lt=timezone.now()))


def _server() -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=settings.ISSUER_URL, id=urlsplit(settings.ISSUER_URL).hostname)
    return Fido2Server(entity, verify_origin=lambda origin: origin == settings.ISSUER_URL)


def _kept(state: Mapping[str, object]) -> dict[str, object]:
    verification = UserVerificationRequirement(state["user_verification"]).value
    return {"challenge": state["challenge"], "user_verification": verification, "at": int(time.time())}


def _live(state: Mapping[str, object]) -> Mapping[str, object]:
    if int(str(state["at"])) + LIFETIME < time.time():
        raise BadPasskey
    return state


def _refuse_framed(client_data: CollectedClientData) -> None:
    if client_data.cross_origin:  # somebody else's page around ours
        raise BadPasskey


def _use_up(state: Mapping[str, object]) -> None:
    """Take the challenge: the database says to whom, if it is answered twice at once. Raises BadPasskey."""
    digest = hashlib.sha256(str(state["challenge"]).encode()).hexdigest()
    expires_at = timezone.now() + timedelta(seconds=LIFETIME)
    try:
        with transaction.atomic():
            UsedChallenge.objects.create(challenge_hash=digest, expires_at=expires_at)
    except IntegrityError:
        raise BadPasskey from None
