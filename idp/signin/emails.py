"""Mail about a person's addresses: codes, and what they would want to know. Written by the worker.

Whether an address is somebody else's is found out here: asking does the same, at the same cost, for every address.
"""

from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.db import transaction

from idp.audit.services import Event
from idp.users import email_codes
from idp.users.emails import is_somebody_elses
from idp.users.models import User

CODE: Final = "account/email/email_code"
TAKEN: Final = "account/email/email_taken"
CHANGES: Final = {
    Event.EMAIL_MADE_PRIMARY: "account/email/email_made_primary",
    Event.EMAIL_REMOVED: "account/email/email_removed",
}


def mail_code(payload: dict[str, object]) -> None:
    """Mail a code to an address that somebody added, or to whoever has it already that somebody wanted it."""
    user, email = _person(payload), str(payload["email"])
    if user is None or not EmailAddress.objects.filter(user=user, email=email, verified=False).exists():
        return
    with transaction.atomic():
        if is_somebody_elses(user, email):
            get_adapter().send_mail(TAKEN, email, {})
            return
        told = {"user": user, "code": email_codes.make(user, email), "minutes": email_codes.MINUTES}
        get_adapter().send_mail(CODE, email, told)


def mail_change(payload: dict[str, object]) -> None:
    """Tell the address that was, or is, the account's own what has changed."""
    user = _person(payload)
    if user is not None:
        get_adapter().send_mail(CHANGES[Event(str(payload["event"]))], str(payload["email"]), {"user": user})


def _person(payload: dict[str, object]) -> User | None:
    return User.objects.filter(pk=str(payload["user"]), is_active=True).first()
