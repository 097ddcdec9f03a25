"""How fast somebody may guess codes, and make devices' requests (RFC 8628 §5.1, T41).

Only the signed-in can guess, each of 20^8 codes as likely. An account has at most ten tries in the ten minutes that a
code lives: with a thousand devices waiting, one in 2.5 million that it meets one (docs/decisions/device-flow.md).
"""

from django.http import HttpRequest

from idp.models import Session
from idp.ratelimit.addresses import client_address
from idp.ratelimit.limits import DEVICE_CODE, DEVICE_CODE_ADDRESS, DEVICE_REQUESTS
from idp.ratelimit.services import Limited, give_back, take
from oauth_ext.errors import RateLimited


def count_request(client_id: str, address: str) -> None:
    """Count a request before it is stored; raises `RateLimited` before one too many."""
    try:
        take(DEVICE_REQUESTS, f"{address} {client_id}")
    except Limited as limited:
        raise RateLimited(limited.retry_after) from limited


def count_guess(request: HttpRequest, session: Session) -> None:
    """Count a code before it is looked up, so that many at once are as slow; raises `Limited` before one too many."""
    address = client_address(request)
    take(DEVICE_CODE_ADDRESS, address)
    try:
        take(DEVICE_CODE, str(session.user_id))
    except Limited:
        give_back(DEVICE_CODE_ADDRESS, address)
        raise


def forgive_guess(request: HttpRequest, session: Session) -> None:
    """Take the count back: a device waits under this code."""
    give_back(DEVICE_CODE, str(session.user_id))
    give_back(DEVICE_CODE_ADDRESS, client_address(request))
