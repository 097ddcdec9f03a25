"""Changing one's password: the one way, for the page and for the API (ASVS 5 V6.2.3, V7.4.3)."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.factors.services import has_second_factor
from idp.ratelimit.services import give_back_all
from idp.signin import limits
from idp.users import passwords
from idp.users.errors import Busy, WrongPassword
from idp.users.models import User


def check(request: HttpRequest, user: User, current: str, new: str) -> None:
    """Judge whether the user may change their password: by the one they have, and by the rule for the new one.

    Not to be called in a transaction: a wrong password stays counted and written down. Raises BadPassword,
    WrongPassword, and before one is tried `Limited` and Busy.
    """
    passwords.check(new, second_factor=has_second_factor(user.pk), about=passwords.about_user(user))
    counted = limits.count_change(request, user)
    try:
        right = user.check_password(current)
    except Busy:
        give_back_all(counted)
        raise
    if not right:
        audit.record(Event.SIGN_IN_FAILED, about=Party(user=user.sub))
        raise WrongPassword(_("This is not your current password."))
    give_back_all(counted)
