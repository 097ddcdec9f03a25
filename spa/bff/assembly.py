"""Puts the application together from its settings: every route there is, in one list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from spa.bff import logs
from spa.bff.backchannel import BackChannel
from spa.bff.files import Files
from spa.bff.forward import Forward
from spa.bff.headers import SecurityHeaders
from spa.bff.provider import TIMEOUT, Provider
from spa.bff.session_api import SessionApi
from spa.bff.sessions import SessionStore
from spa.bff.settings import Settings
from spa.bff.signin import SignIn
from spa.bff.turning import Turning


def create_app(settings: Settings) -> Starlette:
    """The ASGI application. Without CORS: no other origin has anything to ask here."""
    # no cookies of the server's are kept, and none of the environment's proxies sees a token
    http = httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
    provider = Provider(settings, http)
    sessions = SessionStore(idle=settings.session_idle, max_age=settings.session_max_age)
    turning = Turning(provider, sessions)
    signin = SignIn(settings, provider, sessions)
    session = SessionApi(settings, provider, sessions, turning)
    backchannel = BackChannel(provider, sessions)
    forward = Forward(settings, http, sessions, turning)
    files = Files(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        logs.install()
        async with http:
            yield

    app = Starlette(
        routes=[
            Route("/bff/login", signin.login, methods=["GET"]),
            Route("/bff/callback", signin.callback, methods=["GET"]),
            Route("/bff/session", session.show, methods=["GET"]),
            Route("/bff/refresh", session.refresh, methods=["POST"]),
            Route("/bff/logout", session.logout, methods=["POST"]),
            Route("/bff/logout/continue", session.leave, methods=["GET"]),
            Route("/bff/backchannel-logout", backchannel.logout, methods=["POST"]),
            Route("/bff/graphql", forward.graphql, methods=["POST"]),
            Route("/config.json", files.config, methods=["GET"]),
            Route("/", files.page, methods=["GET"]),
            Route("/callback", files.page, methods=["GET"]),
            Route("/favicon.svg", files.icon, methods=["GET"]),
            Mount("/assets", files.assets),
        ],
        middleware=[Middleware(SecurityHeaders, settings=settings)],
        exception_handlers={HTTPException: _refusal},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a path is what it says, or it is not there
    return app


async def _refusal(_: Request, error: Exception) -> Response:
    """Every refusal is JSON with one word."""
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)
