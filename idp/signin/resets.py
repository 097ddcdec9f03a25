"""Resetting a password by mail.

Whether anybody has the address is found out by the worker: asking does the same, at the same cost, for everyone.
"""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction

from idp.outbox import services as outbox
from idp.signin import people

TOPIC = "password reset"
LINK = "account/email/password_reset_key"
UNKNOWN = "account/email/unknown_account"


def ask(email: str) -> None:
    """Leave it to the worker to answer whoever reads this mailbox."""
    outbox.put(TOPIC, {"email": email})


def answer(payload: dict[str, object]) -> None:
    """Mail a link for each account of the address, to the address as the account has it; or that there is none."""
    email = str(payload["email"])
    adapter = get_adapter()
    users = people.by_address(email)
    with transaction.atomic():
        for user in users:
            key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
            url = adapter.get_reset_password_from_key_url(key)
            adapter.send_mail(LINK, user.email, {"user": user, "password_reset_url": url})
        if not users:
            adapter.send_mail(UNKNOWN, email, {})
