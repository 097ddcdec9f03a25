"""Which browsers somebody has signed in by: a cookie, sealed under our keys, that outlives the sign-in.

It signs nobody in. Who knows it may try passwords of these people while strangers have used up their tries
(NIST SP 800-63B-4 §3.2.2), and is no news to them. With the user's epoch it is worth nothing any more.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.ops import keyring
from idp.ops.machines import is_machine
from idp.users.models import User

PURPOSE: Final = "known browser"
DAYS: Final = 400  # longer is kept by no browser (RFC 6265bis §5.5)
PEOPLE: Final = 8  # of one browser
_PENDING: Final = "_gatehouse_device"
_READ: Final = "_gatehouse_device_read"


@dataclass(frozen=True)
class Device:
    """A browser: a name that it was given once, and of those who signed in by it their key and their epoch then."""

    id: str
    people: dict[int, int]

    def knows(self, user: User) -> bool:
        """Whether the user signed in by it since their trust was last ended."""
        return self.people.get(user.pk) == user.epoch


def of_request(request: HttpRequest) -> Device | None:
    """Return the browser that asks, if it has a cookie of ours; programs have none."""
    if not hasattr(request, _READ):
        setattr(request, _READ, _read(request))
    read: Device | None = getattr(request, _READ)
    return read


def _read(request: HttpRequest) -> Device | None:
    sealed = "" if is_machine(request) else request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not sealed:
        return None
    try:
        kept = json.loads(keyring.unseal(sealed, purpose=PURPOSE, bound_to=settings.ISSUER_URL))
    except keyring.SealBroken:
        return None
    return Device(kept["id"], {int(pk): epoch for pk, epoch in kept["people"].items()})


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether the user signed in by this browser before, and has ended no trust since; no statement is made."""
    device = of_request(request)
    return device is not None and device.knows(user)


def remember(request: HttpRequest, user: User) -> None:
    """Have the browser know the user from here on: the middleware gives it the cookie with the answer."""
    device = of_request(request) or Device(secrets.token_urlsafe(16), {})
    people = {pk: epoch for pk, epoch in device.people.items() if pk != user.pk} | {user.pk: user.epoch}
    setattr(request, _PENDING, Device(device.id, dict(list(people.items())[-PEOPLE:])))


def put_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser what `remember` left."""
    device: Device | None = getattr(request, _PENDING, None)
    if device is None:
        return
    kept = json.dumps({"id": device.id, "people": device.people}).encode()
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        keyring.seal(kept, purpose=PURPOSE, bound_to=settings.ISSUER_URL),
        max_age=DAYS * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
