"""How fast somebody may guess: an attacker is slowed at his address, and nobody is locked out from elsewhere."""

from django.http import HttpRequest

from idp.ratelimit.addresses import client_address
from idp.ratelimit.services import Limited, Rate, give_back, take
from idp.users.models import username_key

MINUTE = 60.0
# Wrong passwords for one account from one address, and for any account from one address.
PER_ACCOUNT = Rate(burst=5, per_seconds=5 * MINUTE)
PER_ADDRESS = Rate(burst=30, per_seconds=10 * MINUTE)
# Mails to one address, and asked for from one address.
RESET_PER_MAILBOX = Rate(burst=3, per_seconds=60 * MINUTE)
RESET_PER_ADDRESS = Rate(burst=20, per_seconds=60 * MINUTE)


def count_sign_in(request: HttpRequest, name: str) -> None:
    """Count a password before it is tried, so that many at once are as slow; raises `Limited` before one too many."""
    account, address = _keys(request, name)
    take("sign-in address", address, PER_ADDRESS)  # first: who is stopped by it leaves no bucket for each name he tries
    try:
        take("sign-in", account, PER_ACCOUNT)
    except Limited:
        give_back("sign-in address", address, PER_ADDRESS)
        raise


def forgive_sign_in(request: HttpRequest, name: str) -> None:
    """Take the count back: the password was right."""
    account, address = _keys(request, name)
    give_back("sign-in", account, PER_ACCOUNT)
    give_back("sign-in address", address, PER_ADDRESS)


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a mail that was asked for; raises `Limited` before one too many is sent."""
    take("reset address", client_address(request), RESET_PER_ADDRESS)
    take("reset mailbox", username_key(email), RESET_PER_MAILBOX)


def _keys(request: HttpRequest, name: str) -> tuple[str, str]:
    address = client_address(request)
    return f"{address} {username_key(name.strip())}", address
