"""The codes that prove an address: mailed to it, typed by the person, good once and not for long."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from idp.ops import typed_codes
from idp.ops.bites import delete_in_bites
from idp.users.models import EmailCode, User

PURPOSE: Final = "email code"
MINUTES: Final = 10  # ASVS 5 V6.5.5


def make(user: User, email: str) -> str:
    """Return a new code for the address as people see it; the one before is dead."""
    code = typed_codes.new()
    kept = {
        "code_mac": typed_codes.keep(code, PURPOSE),
        "expires_at": timezone.now() + timedelta(minutes=MINUTES),
    }
    EmailCode.objects.update_or_create(user=user, email=email, defaults=kept)
    return typed_codes.shown(code)


def claim(user: User, email: str, typed: str) -> bool:
    """Use the code up, by one statement; false if it isn't the one, or is too old, or was used."""
    code = typed_codes.read(typed)
    if code is None:
        return False
    live = EmailCode.objects.filter(user=user, email=email, expires_at__gt=timezone.now())
    used, _ = live.filter(code_mac__in=typed_codes.kept_as(code, PURPOSE)).delete()
    return used == 1


def forget(user: User, email: str) -> None:
    """Have no code for the address any more."""
    EmailCode.objects.filter(user=user, email=email).delete()


def clean() -> int:
    """Delete those that are too old."""
    return delete_in_bites(EmailCode.objects.filter(expires_at__lt=timezone.now()))
