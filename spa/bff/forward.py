"""GraphQL on behalf of the page: one upstream, the token attached, and nothing else passed on."""

import httpx2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from spa.bff.cookies import SESSION, Cookies
from spa.bff.guard import from_our_page
from spa.bff.provider import ProviderError
from spa.bff.sessions import Session, SessionStore
from spa.bff.settings import Settings
from spa.bff.turning import Turning

MAX_REQUEST = 64 * 1024
MAX_ANSWER = 1024 * 1024
ACCEPT = "application/graphql-response+json, application/json;q=0.9"
CHALLENGE = "WWW-Authenticate"
STEP_UP = 'error="insufficient_user_authentication"'
ANSWERS = ("application/graphql-response+json", "application/json")


class Forward:
    """POST /bff/graphql."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient, sessions: SessionStore, turning: Turning) -> None:
        self._public_url = settings.public_url
        self._upstream = f"{settings.auth_server_url}/graphql"
        self._http = http
        self._sessions = sessions
        self._turning = turning
        self._cookies = Cookies(settings)

    async def graphql(self, request: Request) -> Response:
        """Forward the body. 401 when nobody is signed in, 413 and 415 for what we don't forward, 502 without answer."""
        from_our_page(request, self._public_url)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "application_json_only")
        session = self._sessions.find(self._cookies.get(request, SESSION))
        if session is None:
            raise HTTPException(401, "not_signed_in")
        body = await _capped(request)
        self._sessions.use(session)
        try:
            answer = await self._ask(session, body)
        except ProviderError as error:
            if error.code == "session_ended":
                raise HTTPException(401, "not_signed_in") from error
            raise HTTPException(502, "upstream_unreachable") from error
        except httpx2.HTTPError as error:
            raise HTTPException(502, "upstream_unreachable") from error
        return _relayed(answer)

    async def _ask(self, session: Session, body: bytes) -> httpx2.Response:
        """The upstream's answer; a token it no longer takes is renewed once, and its word on the new one is final."""
        tokens = await self._turning.fresh(session)
        answer = await self._post(tokens.access_token, body)
        if _refuses_token(answer):
            tokens = await self._turning.turn(session, seen=tokens)
            answer = await self._post(tokens.access_token, body)
        if _refuses_token(answer):
            self._sessions.remove(session)
            raise ProviderError("session_ended")
        return answer

    async def _post(self, access_token: str, body: bytes) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json", "Accept": ACCEPT}
        return await self._http.post(self._upstream, content=body, headers=headers)


async def _capped(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST:
            raise HTTPException(413, "too_large")
    return bytes(body)


def _refuses_token(answer: httpx2.Response) -> bool:
    """Whether it is the token itself that is refused. That a fresher sign-in is wanted is an answer (RFC 9470 §3)."""
    return bool(answer.status_code == httpx2.codes.UNAUTHORIZED) and STEP_UP not in answer.headers.get(CHALLENGE, "")


def _relayed(answer: httpx2.Response) -> Response:
    """Status, type and body, and the challenge to sign in again; of other headers none, of other types nothing."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ANSWERS or len(answer.content) > MAX_ANSWER:
        return JSONResponse({"error": "upstream_answer_refused"}, status_code=502)
    headers = {name: answer.headers[name] for name in (CHALLENGE,) if name in answer.headers}
    return Response(answer.content, status_code=answer.status_code, headers=headers, media_type=media_type)
