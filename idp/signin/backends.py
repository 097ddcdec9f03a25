"""Who is behind a name and a password: one look-up and one hash, whoever it is and whether they are known or not."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from typing_extensions import override

from idp.signin import people
from idp.users.models import User


class PasswordBackend(AuthenticationBackend):
    """allauth's backend, with work that tells nothing: unknown, wrong and switched off cost and look the same."""

    @override
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_others: object
    ) -> User | None:
        """Return the user whose username, or else whose e-mail address, and password these are; or None."""
        user = people.by_name(username or "")
        if user is None:
            make_password(password or "")
            return None
        return user if user.check_password(password or "") and user.is_active else None
