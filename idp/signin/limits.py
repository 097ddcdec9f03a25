"""How fast somebody may guess: an attacker is slowed at his address, and nobody is locked out from elsewhere."""

from django.http import HttpRequest

from idp.ratelimit.addresses import client_address
from idp.ratelimit.services import Rate, check, take
from idp.users.models import username_key

MINUTE = 60.0
# Wrong passwords for one account from one address, and for any account from one address.
PER_ACCOUNT = Rate(burst=5, per_seconds=5 * MINUTE)
PER_ADDRESS = Rate(burst=30, per_seconds=10 * MINUTE)
# Mails to one address, and asked for from one address.
RESET_PER_MAILBOX = Rate(burst=3, per_seconds=60 * MINUTE)
RESET_PER_ADDRESS = Rate(burst=20, per_seconds=60 * MINUTE)


def check_sign_in(request: HttpRequest, name: str) -> None:
    """Raise `Limited` where too many passwords were wrong lately."""
    address = client_address(request)
    check("sign-in", f"{address} {username_key(name)}", PER_ACCOUNT)
    check("sign-in address", address, PER_ADDRESS)


def count_failure(request: HttpRequest, name: str) -> None:
    """Count a wrong password; raises `Limited` where that was one too many."""
    address = client_address(request)
    take("sign-in", f"{address} {username_key(name)}", PER_ACCOUNT)
    take("sign-in address", address, PER_ADDRESS)


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a mail that was asked for; raises `Limited` before one too many is sent."""
    take("reset address", client_address(request), RESET_PER_ADDRESS)
    take("reset mailbox", username_key(email), RESET_PER_MAILBOX)
