"""Django's middleware for browsers, which machine endpoints pass by, and `request.user` from our own session row."""

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware import csrf, locale
from django.utils.functional import SimpleLazyObject
from django.utils.translation import deactivate
from typing_extensions import override

from idp.ops.machines import PagesOnly, is_machine
from idp.sessions import devices
from idp.sessions.services import current
from idp.users.models import User


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return who is signed in here."""
    session = current(request)
    return session.user if session else AnonymousUser()


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Opens the browser's session; with the answer the browser is given what it is known by."""

    @override
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, and give the cookies."""
        devices.put_cookie(request, response)
        return super().process_response(request, response)


class LocaleMiddleware(PagesOnly, locale.LocaleMiddleware):
    """Speaks the browser's language, and not to whoever this thread answers next: programs are spoken to in one."""

    @override
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which it was, and forget it."""
        answer: HttpResponseBase = super().process_response(request, response)
        deactivate()
        return answer


class CsrfViewMiddleware(PagesOnly, csrf.CsrfViewMiddleware):
    """Refuses forged forms."""

    @override
    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[[HttpRequest], HttpResponseBase],
        callback_args: tuple[object, ...],
        callback_kwargs: dict[str, object],
    ) -> HttpResponseForbidden | None:
        """Let programs pass: Django calls this past `__call__`; without cookies there is nothing to forge."""
        return None if is_machine(request) else super().process_view(request, callback, callback_args, callback_kwargs)

    def _origin_verified(self, request: HttpRequest) -> bool:
        """Believe a browser that the form is from a page of ours: by `no-referrer` it sends `Origin: null` (Fetch)."""
        null = request.headers.get("Origin") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"
        verified: bool = null or super()._origin_verified(request)  # type: ignore[misc]
        return verified


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """Sets `request.user`."""

    @override
    def process_request(self, request: HttpRequest) -> None:
        """Look when somebody asks."""
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: user_of(request))


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """Carries a message to the next page."""
