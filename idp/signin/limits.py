"""How fast somebody may guess: an attacker is slowed at his address, and nobody is locked out from elsewhere."""

from django.http import HttpRequest

from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import RESET_ADDRESS, RESET_MAILBOX, SECOND_FACTOR, SIGN_IN, SIGN_IN_ADDRESS, SIGN_UP_ADDRESS
from idp.ratelimit.services import Limited, give_back, take
from idp.users.models import User, username_key


def count_sign_in(request: HttpRequest, name: str) -> None:
    """Count a password before it is tried, so that many at once are as slow; raises `Limited` before one too many."""
    account, address = _keys(request, name)
    take(SIGN_IN_ADDRESS, address)  # first: who is stopped by it leaves no bucket for each name he tries
    try:
        take(SIGN_IN, account)
    except Limited:
        give_back(SIGN_IN_ADDRESS, address)
        raise


def forgive_sign_in(request: HttpRequest, name: str) -> None:
    """Take the count back: the password was right."""
    account, address = _keys(request, name)
    give_back(SIGN_IN, account)
    give_back(SIGN_IN_ADDRESS, address)


def count_second_factor(user: User) -> None:
    """Count a code before it is tried; raises `Limited` before one too many."""
    take(SECOND_FACTOR, str(user.pk))


def forgive_second_factor(user: User) -> None:
    """Take the count back: the code was right."""
    give_back(SECOND_FACTOR, str(user.pk))


def count_sign_up(request: HttpRequest) -> None:
    """Count a name that somebody wants for a new account, before it is looked for; raises `Limited`."""
    take(SIGN_UP_ADDRESS, client_address(request))


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a mail that was asked for; raises `Limited` before one too many is sent."""
    take(RESET_ADDRESS, client_address(request))
    take(RESET_MAILBOX, username_key(email))


def _keys(request: HttpRequest, name: str) -> tuple[str, str]:
    address = client_address(request)
    return f"{address} {username_key(name.strip())}", address
