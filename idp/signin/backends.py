"""Who is behind a name and a password: one look-up and one hash, whoever it is and whether they are known or not."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest
from typing_extensions import override

from idp.users.models import User, username_key


class PasswordBackend(AuthenticationBackend):
    """allauth's backend, with work that tells nothing: unknown, wrong and switched off cost and look the same."""

    @override
    def authenticate(self, request: HttpRequest | None, **credentials: str) -> User | None:
        """Return the user whose username, or else whose e-mail address, and password these are; or None."""
        name = credentials.get("username") or credentials.get("email") or ""
        password = credentials.get("password") or ""
        user = _find(name)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None


def _find(name: str) -> User | None:
    """Return the user of a name; an address that several have is nobody's."""
    key = username_key(name)
    found = list(User.objects.filter(Q(username_key=key) | Q(email__iexact=name.strip()) & ~Q(email=""))[:3])
    named = [user for user in found if user.username_key == key]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None
