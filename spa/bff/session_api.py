"""What the page may know of its session and do with it: facts, renewal, the end. Never a token."""

from contextlib import suppress
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from spa.bff.cookies import LEAVING, SESSION, Cookies
from spa.bff.guard import HEADER, from_our_page
from spa.bff.provider import Provider, ProviderError
from spa.bff.seal import Seal
from spa.bff.sessions import Session, SessionStore
from spa.bff.settings import Settings
from spa.bff.turning import Turning

LEAVING_FOR = 60
"""Seconds between signing out here and going on to the server."""


class SessionApi:
    """The routes under `/bff/` that are about the session itself."""

    def __init__(self, settings: Settings, provider: Provider, sessions: SessionStore, turning: Turning) -> None:
        self._settings = settings
        self._provider = provider
        self._sessions = sessions
        self._turning = turning
        self._cookies = Cookies(settings)
        self._seal = Seal(settings.client_secret, "sign-out")

    async def show(self, request: Request) -> JSONResponse:
        """GET /bff/session: whether someone is signed in, and for how long the token lasts."""
        session = self._sessions.find(self._cookies.get(request, SESSION))
        return JSONResponse({**_facts(session), "csrf_header": HEADER})

    async def refresh(self, request: Request) -> JSONResponse:
        """POST /bff/refresh: renew the access token now. 401 when nobody is signed in any more."""
        from_our_page(request, self._settings.public_url)
        session = self._sessions.find(self._cookies.get(request, SESSION))
        if session is None:
            return JSONResponse(_facts(None), status_code=401)
        self._sessions.use(session)
        try:
            await self._turning.turn(session, seen=session.tokens)
        except ProviderError as error:
            if error.code == "session_ended":
                return JSONResponse(_facts(None), status_code=401)
            return JSONResponse({"error": "upstream_unreachable"}, status_code=502)
        return JSONResponse(_facts(session))

    async def logout(self, request: Request) -> JSONResponse:
        """POST /bff/logout: end the session here, then its tokens at the server, then say where to go on.

        What is left is the browser's session at the server. The ID token that vouches for ending it must not pass
        through the page: it waits, sealed, in a cookie that only `leave` can open.
        """
        from_our_page(request, self._settings.public_url)
        session = self._sessions.find(self._cookies.get(request, SESSION))
        response = JSONResponse({"location": "/" if session is None else "/bff/logout/continue"})
        self._cookies.remove(response, SESSION, same_site="strict")
        if session is not None:
            self._sessions.remove(session)
            with suppress(ProviderError):  # gone here; at the server it ends with the session that we end next
                await self._provider.revoke(session.tokens.refresh_token)
            sealed = self._seal.close(session.tokens.id_token)
            self._cookies.set(response, LEAVING, sealed, max_age=LEAVING_FOR, same_site="strict")
        return response

    async def leave(self, request: Request) -> Response:
        """GET /bff/logout/continue: on to the server's end-session endpoint, once (OIDC RP-Initiated Logout 1.0)."""
        hint = self._seal.open(self._cookies.get(request, LEAVING), LEAVING_FOR)
        location = "/"
        if hint is not None:
            with suppress(ProviderError):
                location = await self._end_session_url(hint)
        response = RedirectResponse(location, status_code=303)
        self._cookies.remove(response, LEAVING, same_site="strict")
        return response

    async def _end_session_url(self, id_token: str) -> str:
        parameters = {
            "id_token_hint": id_token,
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": self._settings.post_logout_uri,
        }
        return f"{(await self._provider.metadata()).end_session_endpoint}?{urlencode(parameters)}"


def _facts(session: Session | None) -> dict[str, object]:
    if session is None:
        return {"authenticated": False}
    tokens = session.tokens
    return {"authenticated": True, "expires_in": tokens.left, "lifetime": tokens.lifetime, "scope": tokens.scope}
