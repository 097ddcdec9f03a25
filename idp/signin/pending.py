"""A sign-up whose address is not proved yet: kept behind the browser's cookie, sealed, and nowhere else.

Whether anybody has the address is found out by the worker: asking does the same, at the same cost, for everyone
(ASVS 5 V6.3.8). The code is good once, in this browser, for some minutes (V6.5.5, V6.6.2).
"""

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from idp.ops import typed_codes
from idp.outbox import services as outbox
from idp.users import emails
from idp.users.errors import AddressTaken, NameTaken

TOPIC: Final = "sign-up code"  # the payload is the address as `email`, the `code`, and the `language`
CODE: Final = "account/email/sign_up_code"
KNOWN: Final = "account/email/sign_up_known"
PURPOSE: Final = "sign-up code"
MINUTES: Final = 10
_KEY: Final = "sign_up"


@dataclass(frozen=True)
class Pending:
    """What was typed; of password and code only hashes.

    Where somebody wants a passkey in place of a password, `sub` is what their account will have, and `proved` whether
    the code was right already.
    """

    username: str
    email: str
    password_hash: str
    code_mac: str
    expires_at: str
    sub: str = ""
    proved: bool = False

    @property
    def late(self) -> bool:
        """Whether it has waited too long."""
        return datetime.fromisoformat(self.expires_at) <= timezone.now()

    def proved_by(self, typed: str) -> bool:
        """Whether this is the code that was mailed, in time."""
        code = typed_codes.read(typed)
        return code is not None and not self.late and self.code_mac in typed_codes.kept_as(code, PURPOSE)


def begin(request: HttpRequest, username: str, email: str, password_hash: str | None) -> None:
    """Keep what was typed, in place of what was kept before, and have a code mailed to the address.

    Without a password, who it is wants a passkey.
    """
    code = typed_codes.new()
    kept = Pending(
        username,
        email,
        password_hash or make_password(None),
        typed_codes.keep(code, PURPOSE),
        _soon(),
        str(uuid.uuid4()) if password_hash is None else "",
    )
    shown, language = typed_codes.shown(code), translation.get_language() or ""
    outbox.put(TOPIC, {"email": email, "code": shown, "language": language})
    request.session[_KEY] = asdict(kept)


def find(request: HttpRequest) -> Pending | None:
    """Return the sign-up that waits in this browser."""
    kept = request.session.get(_KEY)
    return Pending(**kept) if kept else None


def prove(request: HttpRequest, waiting: Pending) -> None:
    """Keep that the code was right, once, and for as long again: what is missing is the passkey."""
    request.session[_KEY] = asdict(replace(waiting, proved=True, expires_at=_soon()))


def proved(request: HttpRequest) -> Pending | None:
    """Return the sign-up whose passkey is all that is missing, in this browser."""
    waiting = find(request)
    return waiting if waiting is not None and waiting.proved and not waiting.late else None


def overtaken(problem: NameTaken | AddressTaken) -> str:
    """Return what is said to whoever has proved the address, where somebody else was quicker."""
    if isinstance(problem, NameTaken):
        return _("Somebody has taken this username meanwhile. Begin again with another one.")
    return _("There is an account with this address by now. Sign in, or set a new password.")


def forget(request: HttpRequest) -> None:
    """Have none wait any more: it was used."""
    request.session.pop(_KEY, None)


def mail(payload: dict[str, object]) -> None:
    """Mail the code, or to whoever has an account with the address that somebody wanted another one."""
    email = str(payload["email"])
    with translation.override(str(payload["language"]) or settings.LANGUAGE_CODE):
        if emails.has_account(email):
            reset = f"{settings.ISSUER_URL}{reverse('account_reset_password')}"
            get_adapter().send_mail(KNOWN, email, {"reset_url": reset})
        else:
            # without the name: whoever types one could have us mail their words to strangers
            get_adapter().send_mail(CODE, email, {"code": payload["code"], "minutes": MINUTES})


def _soon() -> str:
    return (timezone.now() + timedelta(minutes=MINUTES)).isoformat()
