"""The access token that a request presents: in its `Authorization` header, and nowhere else (RFC 6750 §2.1)."""

import re

from oauth_ext.errors import InvalidToken

BEARER = re.compile(r"bearer(?: +(?P<token>.*))?", re.IGNORECASE | re.DOTALL)
B64TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


def bearer(authorization: str) -> str | None:
    """Return the token in the header, or None where it presents none; raises `InvalidToken` for what can't be one.

    Two headers, which WSGI joins with a comma, are a bad token.
    """
    match = BEARER.fullmatch(authorization.strip())
    token = match["token"] if match else None
    if not token:
        return None
    if not B64TOKEN.fullmatch(token):
        raise InvalidToken
    return token
