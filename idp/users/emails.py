"""Which e-mail addresses are proved: allauth keeps them, others ask here."""

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef


def is_verified(user: str, email: str) -> Exists:
    """Return an expression: whether the address in column `email` is proved to be that of the user in column `user`."""
    return Exists(EmailAddress.objects.filter(user_id=OuterRef(user), email=OuterRef(email), verified=True))
