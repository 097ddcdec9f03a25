"""The cookies, all of them, and what protects each. No script can read one; under HTTPS no other host can set one."""

import re
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from spa.bff.settings import Settings

HOST = "__Host-"
OURS = re.compile(r"[A-Za-z0-9_-]{1,64}")
SESSION = "gatehouse_bff_session"
SIGNIN = "gatehouse_bff_signin"
LEAVING = "gatehouse_bff_leaving"


class Cookies:
    """Reads, sets and removes cookies under their full names."""

    def __init__(self, settings: Settings) -> None:
        """`__Host-` and Secure wherever browsers come by HTTPS."""
        self._secure = settings.secure

    def name(self, cookie: str) -> str:
        """The name on the wire. Ports share a cookie jar, so the names are unlike those of the server."""
        return f"{HOST}{cookie}" if self._secure else cookie

    def get(self, request: Request, cookie: str) -> str:
        """The value, or the empty string."""
        return request.cookies.get(self.name(cookie), "")

    def beginning(self, request: Request, prefix: str) -> list[str]:
        """Those we could have set whose names begin so, without `__Host-`, oldest first (RFC 6265 §5.4)."""
        names = [name.removeprefix(HOST) for name in request.cookies if name.startswith(self.name(prefix))]
        return [name for name in names if OURS.fullmatch(name)]

    def set(
        self, response: Response, cookie: str, value: str, *, max_age: int, same_site: Literal["lax", "strict"]
    ) -> None:
        """Set it for `max_age` seconds."""
        response.set_cookie(
            self.name(cookie),
            value,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite=same_site,
        )

    def remove(self, response: Response, cookie: str, *, same_site: Literal["lax", "strict"]) -> None:
        """Make the browser forget it."""
        self.set(response, cookie, "", max_age=0, same_site=same_site)
