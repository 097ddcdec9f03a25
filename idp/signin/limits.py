"""How fast somebody may guess, and how often: slowed at the address, stopped at the account.

Nobody is locked out of a browser by which they signed in before, whatever others tried.
"""

from django.http import HttpRequest

from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import (
    PASSKEY_CHALLENGES,
    PROVIDER_ADDRESS,
    RESET_ADDRESS,
    RESET_MAILBOX,
    SECOND_FACTOR,
    SIGN_IN,
    SIGN_IN_ACCOUNT,
    SIGN_IN_ADDRESS,
    SIGN_IN_KNOWN,
    SIGN_UP_ADDRESS,
    SIGN_UP_CODE,
    SIGN_UP_MAILBOX,
)
from idp.ratelimit.services import Counted, give_back, take, take_all
from idp.sessions import devices
from idp.users.models import User, username_key


def count_sign_in(request: HttpRequest, name: str, user: User | None) -> list[Counted]:
    """Count a password before it is tried, so that many at once are as slow; raises `Limited` before one too many.

    `user` is whose name it is. What is returned is given back where the password was right, or was not tried.
    """
    counted = _sign_in(request, name, user)
    take_all(counted)
    return counted


def count_change(request: HttpRequest, user: User) -> list[Counted]:
    """Count the password that somebody who is signed in must type again to change it, as `count_sign_in` does."""
    # a budget of its own: strangers who have used up the account's don't keep its owner from a new password
    counted = [
        (SIGN_IN, f"{client_address(request)} {user.username_key}"),
        (SIGN_IN_ACCOUNT, _account(user, "signed in")),
    ]
    take_all(counted)
    return counted


def count_second_factor(user: User) -> None:
    """Count a code before it is tried; raises `Limited` before one too many."""
    take(SECOND_FACTOR, str(user.pk))


def forgive_second_factor(user: User) -> None:
    """Take the count back: the code was right, or was not tried."""
    give_back(SECOND_FACTOR, str(user.pk))


def count_passkey(request: HttpRequest) -> None:
    """Count a question for a passkey, before it is kept; raises `Limited`."""
    take(PASSKEY_CHALLENGES, client_address(request))


def count_sign_up(request: HttpRequest) -> None:
    """Count a name that somebody wants for a new account, before it is looked for; raises `Limited`."""
    take(SIGN_UP_ADDRESS, client_address(request))


def count_provider(request: HttpRequest) -> None:
    """Count a way to another provider, before it is asked anything; raises `Limited`."""
    take(PROVIDER_ADDRESS, client_address(request))


def count_sign_up_mail(email: str) -> None:
    """Count a code that is mailed for a new account; raises `Limited` before one too many is sent."""
    take(SIGN_UP_MAILBOX, username_key(email))


def count_sign_up_code(code_mac: str) -> None:
    """Count a code that is typed for a new account, before it is tried; raises `Limited`."""
    take(SIGN_UP_CODE, code_mac)


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a mail that was asked for; raises `Limited` before one too many is sent."""
    take(RESET_ADDRESS, client_address(request))
    take(RESET_MAILBOX, username_key(email))


def _sign_in(request: HttpRequest, name: str, user: User | None) -> list[Counted]:
    """Return what a try counts for: at a browser that knows the person, for that browser alone."""
    device = devices.of_request(request)
    if user is not None and device is not None and device.knows(user):
        return [(SIGN_IN_KNOWN, f"{user.pk} {device.id}"), (SIGN_IN_ACCOUNT, _account(user, device.id))]
    # addresses are looked up in capitals, in which U+0131 is an I: an unknown one has one bucket where a known one has
    typed = username_key(name.strip().upper())
    address = client_address(request)
    # the address first: who is stopped by it leaves no bucket for each name he tries
    return [
        (SIGN_IN_ADDRESS, address),
        (SIGN_IN, f"{address} {typed}"),
        (SIGN_IN_ACCOUNT, _account(user) if user else f"nobody {typed}"),
    ]


def _account(user: User, browser: str = "") -> str:
    """Return the account as long as its password is the same: a new one raises the epoch, and nothing was guessed."""
    return f"{user.pk} {user.epoch} {browser}"
