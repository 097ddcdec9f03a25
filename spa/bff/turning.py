"""Renewing a session's tokens: once for all who ask at the same time."""

from spa.bff.provider import Provider, ProviderError, Tokens
from spa.bff.sessions import Session, SessionStore

MARGIN = 30
"""A token with less than this many seconds left, or a fifth of its life, is renewed before it is used."""


class Turning:
    """The one place where a refresh token is used."""

    def __init__(self, provider: Provider, sessions: SessionStore) -> None:
        self._provider = provider
        self._sessions = sessions

    async def fresh(self, session: Session) -> Tokens:
        """Tokens that are good for a call now. Raises ProviderError as `turn` does."""
        tokens = session.tokens
        if tokens.left > min(MARGIN, tokens.lifetime / 5):
            return tokens
        return await self.turn(session, seen=tokens)

    async def turn(self, session: Session, *, seen: Tokens) -> Tokens:
        """New tokens in place of those the caller has `seen`; if someone else renewed them meanwhile, theirs.

        Raises ProviderError: `session_ended` (and the session is over here too), or `unreachable` (and it stands).
        """
        async with session.turning:
            if session.tokens is not seen:
                return session.tokens
            if not self._sessions.is_live(session):
                raise ProviderError("session_ended")
            try:
                session.tokens = await self._provider.refresh(seen)
            except ProviderError as error:
                if error.code != "unreachable":
                    self._sessions.remove(session)
                    raise ProviderError("session_ended") from error
                raise
            return session.tokens
