"""Hearing from the server that a session has ended there (OIDC Back-Channel Logout 1.0 §2.5 to §2.8)."""

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from spa.bff.provider import Provider, ProviderError
from spa.bff.sessions import SessionStore

LONGEST_BODY = 16 * 1024


class BackChannel:
    """The one route that the server calls, not a browser: what proves it is the logout token's signature."""

    def __init__(self, provider: Provider, sessions: SessionStore) -> None:
        self._provider = provider
        self._sessions = sessions

    async def logout(self, request: Request) -> Response:
        """POST /bff/backchannel-logout: end the sessions of the token's `sid`; 200 whether there was one or not.

        A second time changes nothing, so a replayed token needs no memory.
        """
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            raise HTTPException(413, "too_large")
        tokens = parse_qs((await request.body()).decode("latin-1")).get("logout_token", [])
        if len(tokens) != 1:
            raise HTTPException(400, "invalid_request")
        try:
            sid = await self._provider.ended_session(tokens[0])
        except ProviderError as error:
            status = 503 if error.code == "unreachable" else 400
            raise HTTPException(status, "invalid_request") from error
        self._sessions.remove_all(sid)
        return Response(status_code=200, headers={"Cache-Control": "no-store"})
