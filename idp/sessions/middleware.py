"""Django's middleware for browsers, which machine endpoints pass by, and `request.user` from our own session row."""

from asgiref.sync import sync_to_async
from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.middleware import csrf, locale
from django.utils.functional import SimpleLazyObject
from typing_extensions import override

from idp.ops.machines import PagesOnly
from idp.sessions.services import current
from idp.users.models import User


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return who is signed in here."""
    session = current(request)
    return session.user if session else AnonymousUser()


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Opens the browser's session."""


class LocaleMiddleware(PagesOnly, locale.LocaleMiddleware):
    """Speaks the browser's language."""


class CsrfViewMiddleware(PagesOnly, csrf.CsrfViewMiddleware):
    """Refuses forged forms."""


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """Sets `request.user`."""

    @override
    def process_request(self, request: HttpRequest) -> None:
        """Look when somebody asks."""
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: user_of(request))


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """Carries a message to the next page."""
