"""Who is behind a name and a password: one look-up and one hash, whoever it is and whether they are known or not."""

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from typing_extensions import override

from idp.audit import services as audit
from idp.audit.services import NOBODY, Event, Party
from idp.ratelimit.services import give_back_all
from idp.signin import limits, line, people
from idp.users.errors import Busy
from idp.users.models import User


class PasswordBackend(ModelBackend):
    """Django's backend: what people may do in its admin, and whose name and password these are."""

    @override
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_others: object
    ) -> User | None:
        """Return whose they are, as `by_password`."""
        if request is None:
            raise TypeError("a password is only tried for a request, whose tries are counted")
        return by_password(request, username or "", password or "")

    @override
    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_others: object
    ) -> User | None:
        """Return the same: Django's own would try a password that nobody counts."""
        return await sync_to_async(self.authenticate)(request, username, password)


def by_password(request: HttpRequest, name: str, password: str) -> User | None:
    """Return the user whose username, or else whose e-mail address, and password these are; or None.

    Raises `Limited` where too many passwords were wrong, `Busy` where too many wait: then none is tried, and the view
    answers.
    """
    user = people.by_name(name)
    counted = limits.count_sign_in(request, name, user)
    try:
        line.wait()
        right = _is_right(user, password)
    except Busy:
        give_back_all(counted)
        raise
    if user is not None and right and user.is_open:
        give_back_all(counted)
        return user
    # of a name that nobody has it is not kept: people type their passwords there
    audit.record(Event.SIGN_IN_FAILED, about=Party(user=user.sub) if user else NOBODY)
    return None


def _is_right(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)
        return False
    return user.check_password(password)
