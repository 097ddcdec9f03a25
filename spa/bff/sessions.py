"""Who is signed in here, and with which tokens: in this process's memory, found by an opaque cookie.

A restart forgets the sessions. The browser then asks the server silently (`prompt=none`) and is back after one
redirect; the forgotten tokens end with the session at the server that they belong to.
"""

import asyncio
import hashlib
import secrets
import time
from dataclasses import dataclass, field

from spa.bff.provider import Tokens


@dataclass
class Session:
    """A sign-in. Times are seconds of the monotonic clock."""

    key: str
    tokens: Tokens
    started: float
    used: float
    turning: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the refresh token is turned: one turn for all who wait."""


class SessionStore:
    """The sessions of this process, each with an idle and an absolute end.

    Kept under the hash of the cookie's value, so that not even a dump of the keys is a cookie.
    """

    def __init__(self, *, idle: int, max_age: int) -> None:
        """Both in seconds."""
        self._idle = idle
        self.max_age = max_age
        self._sessions: dict[str, Session] = {}

    def add(self, tokens: Tokens) -> str:
        """A new session; answers the cookie's value (256 random bits)."""
        self._sweep()
        cookie = secrets.token_urlsafe(32)
        now = time.monotonic()
        key = _key(cookie)
        self._sessions[key] = Session(key, tokens, started=now, used=now)
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The live session of this cookie; looking is not using."""
        session = self._sessions.get(_key(cookie)) if cookie else None
        if session is None or self._over(session):
            return None
        return session

    def use(self, session: Session) -> None:
        """Put the idle end off."""
        session.used = time.monotonic()

    def is_live(self, session: Session) -> bool:
        """Whether it is still kept: someone may have signed out while we waited for the server."""
        return session.key in self._sessions

    def remove(self, session: Session) -> None:
        """End it; again changes nothing."""
        self._sessions.pop(session.key, None)

    def remove_all(self, sid: str) -> None:
        """End whatever belongs to this session at the server."""
        for session in [kept for kept in self._sessions.values() if kept.tokens.sid == sid]:
            self.remove(session)

    def _over(self, session: Session) -> bool:
        now = time.monotonic()
        return now - session.used > self._idle or now - session.started > self.max_age

    def _sweep(self) -> None:
        for session in [kept for kept in self._sessions.values() if self._over(kept)]:
            self.remove(session)


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
