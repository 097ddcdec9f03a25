"""Who may call: this application's own pages, and nobody else's (CSRF, and login or logout by a third party)."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

HEADER = "X-Gatehouse-BFF"


def from_our_page(request: Request, public_url: str) -> None:
    """Refuse a call that lacks our header or the Origin of our own pages, with 403.

    The header can't be sent by a form, and by a foreign page only after a preflight, which is never answered. Origin
    and, where the browser sends it, Sec-Fetch-Site say the same once more, each on its own.
    """
    same_site = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    if request.headers.get(HEADER) != "1" or request.headers.get("origin") != public_url or not same_site:
        raise HTTPException(403, "not_from_this_application")
