"""A sign-up whose address is not proved yet: kept behind the browser's cookie, sealed, and nowhere else.

Whether anybody has the address is found out by the worker: asking does the same, at the same cost, for everyone
(ASVS 5 V6.3.8). The code is good once, in this browser, for some minutes (V6.5.5, V6.6.2).
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from idp.ops import typed_codes
from idp.outbox import services as outbox
from idp.users import emails

TOPIC: Final = "sign-up code"  # the payload is the address as `email`, the `code`, and the `language`
CODE: Final = "account/email/sign_up_code"
KNOWN: Final = "account/email/sign_up_known"
PURPOSE: Final = "sign-up code"
MINUTES: Final = 10
_KEY: Final = "sign_up"


@dataclass(frozen=True)
class Pending:
    """What was typed; of password and code only hashes."""

    username: str
    email: str
    password_hash: str
    code_mac: str
    expires_at: str

    def proved_by(self, typed: str) -> bool:
        """Whether this is the code that was mailed, in time."""
        code = typed_codes.read(typed)
        late = datetime.fromisoformat(self.expires_at) <= timezone.now()
        return code is not None and not late and self.code_mac in typed_codes.kept_as(code, PURPOSE)


def begin(request: HttpRequest, username: str, email: str, password: str) -> None:
    """Keep what was typed, in place of what was kept before, and have a code mailed to the address."""
    code = typed_codes.new()
    kept = Pending(
        username,
        email,
        make_password(password),
        typed_codes.keep(code, PURPOSE),
        (timezone.now() + timedelta(minutes=MINUTES)).isoformat(),
    )
    shown, language = typed_codes.shown(code), translation.get_language() or ""
    outbox.put(TOPIC, {"email": email, "code": shown, "language": language})
    request.session[_KEY] = asdict(kept)


def find(request: HttpRequest) -> Pending | None:
    """Return the sign-up that waits in this browser."""
    kept = request.session.get(_KEY)
    return Pending(**kept) if kept else None


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
