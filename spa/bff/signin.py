"""Signing in: off to the server with state, nonce and PKCE, and back with a code that is exchanged here."""

import json
import re
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse

from spa.bff.cookies import SESSION, SIGNIN, Cookies
from spa.bff.provider import Provider, ProviderError
from spa.bff.seal import Seal
from spa.bff.sessions import SessionStore
from spa.bff.settings import Settings

SIGNIN_FOR = 3600
"""Seconds to come back in: as long as the server keeps an authorization request."""
AT_ONCE = 8
"""Sign-ins that a browser may have begun, in as many tabs: more cookies, and its requests grow too large to answer."""
LONGEST_PATH = 512
STEP_UP = {
    "max_age": re.compile("[0-9]{1,6}"),
    "acr_values": re.compile("(?=.{1,128}$)[A-Za-z0-9:/._-]+( [A-Za-z0-9:/._-]+)*"),
}
"""What a page may ask for before something sensitive, and how it looks."""


@dataclass(frozen=True)
class Pending:
    """What must be remembered until the answer; sealed in a cookie, so that it costs this process nothing."""

    state: str
    nonce: str
    verifier: str
    return_to: str


class SignIn:
    """The two ends of the redirect."""

    def __init__(self, settings: Settings, provider: Provider, sessions: SessionStore) -> None:
        self._settings = settings
        self._provider = provider
        self._sessions = sessions
        self._cookies = Cookies(settings)
        self._seal = Seal(settings.client_secret, "sign-in")

    async def login(self, request: Request) -> RedirectResponse:
        """GET /bff/login: to the server. `return_to` is a path of ours, `prompt=none` asks without interaction.

        `max_age` and `acr_values` ask for a fresher or stronger sign-in (RFC 9470); 400 for what can't be one.
        """
        wishes = _wishes(request.query_params.multi_items())
        pending = Pending(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            return_to=local_path(request.query_params.get("return_to", "/")),
        )
        try:
            url = await self._provider.authorization_url(
                state=pending.state,
                nonce=pending.nonce,
                verifier=pending.verifier,
                wishes=wishes,
            )
        except ProviderError as error:
            return self._failed(error.code)
        response = _see(url)
        sealed = self._seal.close(json.dumps(asdict(pending)))
        # Lax, for the answer comes from the server's site; one cookie a sign-in, so that two tabs don't cross.
        for old in self._cookies.beginning(request, f"{SIGNIN}_")[: 1 - AT_ONCE]:
            self._cookies.remove(response, old, same_site="lax")
        self._cookies.set(response, _cookie(pending.state), sealed, max_age=SIGNIN_FOR, same_site="lax")
        return response

    async def callback(self, request: Request) -> RedirectResponse:
        """GET /bff/callback: judge the answer (`state`, then `iss`, also on an error), exchange the code, sign in.

        The session's cookie is Strict and would not be sent along a redirect that came from another site. It needn't
        be: the redirect leads to the application's public page, which asks for the session by a call of its own.
        """
        parameters = request.query_params
        state = parameters.get("state", "")
        pending = self._pending(request, state)
        if pending is None:
            return self._failed("unknown_signin")
        try:
            self._judge(parameters.multi_items())
            tokens = await self._provider.redeem(parameters["code"], pending.verifier, pending.nonce)
        except ProviderError as error:
            response = self._failed(error.code)
        else:
            await self._end_previous(request)
            response = _see(pending.return_to)
            cookie = self._sessions.add(tokens)
            self._cookies.set(response, SESSION, cookie, max_age=self._sessions.max_age, same_site="strict")
        self._cookies.remove(response, _cookie(state), same_site="lax")
        return response

    def _judge(self, parameters: list[tuple[str, str]]) -> None:
        """RFC 9207: the answer names the server that was asked; then it is a code, once, or the server's refusal."""
        values: dict[str, list[str]] = {}
        for name, value in parameters:
            values.setdefault(name, []).append(value)
        if values.get("iss") != [self._settings.auth_server_url]:
            raise ProviderError("issuer_mismatch")
        if errors := values.get("error"):
            raise ProviderError(errors[0])
        if len(values.get("code", [])) != 1 or not values["code"][0]:
            raise ProviderError("refused")

    def _pending(self, request: Request, state: str) -> Pending | None:
        """The sign-in that this browser began under this state."""
        opened = self._seal.open(self._cookies.get(request, _cookie(state)), SIGNIN_FOR)
        if opened is None:
            return None
        pending = Pending(**json.loads(opened))
        return pending if secrets.compare_digest(pending.state.encode(), state.encode()) else None

    async def _end_previous(self, request: Request) -> None:
        """A browser has one session: the one before ends, and its tokens with it."""
        if previous := self._sessions.find(self._cookies.get(request, SESSION)):
            self._sessions.remove(previous)
            with suppress(ProviderError):  # it ends with the server's session at the latest
                await self._provider.revoke(previous.tokens.refresh_token)

    def _failed(self, code: str) -> RedirectResponse:
        """Home, with the reason for the page to put into words; never the server's free text."""
        plain = len(code) <= 40 and code.isascii() and code.replace("_", "").isalpha()
        return _see("/?" + urlencode({"signin_error": code if plain else "refused"}))


def local_path(value: str) -> str:
    """The value if it is a plain path of this origin, else the root. Nothing a browser could read as another host."""
    plain = value.startswith("/") and not value.startswith(("//", "/\\")) and value.isprintable() and "\\" not in value
    return value if plain and value.isascii() and len(value) <= LONGEST_PATH else "/"


def _wishes(parameters: list[tuple[str, str]]) -> dict[str, str]:
    """What of the authorization request the page may decide; each once and well-formed, else 400."""
    wishes = {}
    for name, value in parameters:
        if name in wishes or (name in STEP_UP and not STEP_UP[name].fullmatch(value)):
            raise HTTPException(400, f"invalid_{name}")
        if name in STEP_UP or (name == "prompt" and value == "none"):
            wishes[name] = value
    return wishes


def _cookie(state: str) -> str:
    return f"{SIGNIN}_{state[:8]}" if state[:8].replace("-", "").replace("_", "").isalnum() else SIGNIN


def _see(url: str) -> RedirectResponse:
    return RedirectResponse(url, status_code=303)
