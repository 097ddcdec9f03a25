"""Resetting a password by mail.

Whether anybody has the address is found out by the worker: asking does the same, at the same cost, for everyone.
"""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.utils import translation

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.outbox import services as outbox
from idp.signin import people
from idp.users.models import User

TOPIC = "password reset"  # the payload: the `email` that was typed with the page's `language`, or a row's key as `user`
LINK = "account/email/password_reset_key"
UNKNOWN = "account/email/unknown_account"


def ask(email: str) -> None:
    """Leave it to the worker to answer whoever reads this mailbox, in the language of the page."""
    outbox.put(TOPIC, {"email": email, "language": translation.get_language() or ""})


def send_to(user: User) -> None:
    """Leave it to the worker to mail a link to somebody who didn't ask for it; the trail says who did."""
    with transaction.atomic():
        outbox.put(TOPIC, {"user": user.pk})
        audit.record(Event.PASSWORD_RESET_SENT, about=Party(user=user.sub))


def answer(payload: dict[str, object]) -> None:
    """Mail the links, or that there is no account."""
    with translation.override(str(payload.get("language", "")) or settings.LANGUAGE_CODE), transaction.atomic():
        if "user" in payload:
            for user in User.objects.filter(User.open_now(), pk=str(payload["user"])).exclude(email=""):
                _mail_link(user)
        else:
            _answer_address(str(payload["email"]))


def _answer_address(email: str) -> None:
    """Mail a link for each account of the address, to the address as the account has it; or that there is none."""
    users = people.by_address(email)
    for user in users:
        _mail_link(user)
    if not users:
        get_adapter().send_mail(UNKNOWN, email, {})


def _mail_link(user: User) -> None:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    adapter = get_adapter()
    url = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail(LINK, user.email, {"user": user, "password_reset_url": url})
