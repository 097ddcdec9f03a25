"""The authorization server as this client sees it: metadata, keys, the token endpoint, and what an ID token proves."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard, cast

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jwt import JWTClaimsRegistry, decode

from spa.bff.settings import SCOPE, Settings

logger = logging.getLogger(__name__)

ALGORITHM = "ES256"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
TIMEOUT = 10.0
LEEWAY = 30
"""Seconds that the server's clock and ours may differ."""
KEYS_FOR = 3600.0
"""Seconds that a key set is used without asking again."""
KEYS_AGAIN = 30.0
"""Seconds between two askings because of an unknown key, so that forged headers can't make us a pump."""


class ProviderError(Exception):
    """The server refused, or what it sent doesn't check out. `code` is one of OAuth's or of ours, fit for a URL."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Metadata:
    """The endpoints used, from the discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    end_session_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Tokens:
    """What a grant answered. `expires_at` is a time of the monotonic clock, `lifetime` seconds."""

    access_token: str
    refresh_token: str
    id_token: str
    subject: str
    sid: str
    scope: str
    lifetime: int
    expires_at: float

    @property
    def left(self) -> int:
        """Whole seconds that the access token has left, never below 0."""
        return max(0, int(self.expires_at - time.monotonic()))


class Provider:
    """Talks to one authorization server as one confidential client (client_secret_basic)."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        """`http` is used for what needs no client authentication."""
        self._settings = settings
        self._http = http
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    async def metadata(self) -> Metadata:
        """The endpoints, fetched at the first need. Raises ProviderError `unreachable` or `issuer_mismatch`."""
        if self._metadata is None:
            document = await self._get(f"{self._settings.auth_server_url}/.well-known/openid-configuration")
            if document.get("issuer") != self._settings.auth_server_url:
                raise ProviderError("issuer_mismatch")
            self._metadata = Metadata(**{name: _text(document, name) for name in Metadata.__annotations__})
        return self._metadata

    async def authorization_url(self, *, state: str, nonce: str, verifier: str, wishes: Mapping[str, str]) -> str:
        """Where a sign-in begins; `wishes` are further parameters, such as `prompt`. Raises ProviderError."""
        metadata = await self.metadata()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                scope=SCOPE,
                **wishes,
            )
        return url

    async def redeem(self, code: str, verifier: str, nonce: str) -> Tokens:
        """Exchange a code. Raises ProviderError: `code_rejected`, `token_invalid`, `unreachable`, or OAuth's own."""
        metadata = await self.metadata()
        try:
            async with self._client() as client:
                answer = await client.fetch_token(
                    metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
                )
        except OAuthError as error:
            raise _refusal(error, grant="code_rejected", other="refused") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError("unreachable") from error
        return await self._tokens(answer, nonce=nonce)

    async def refresh(self, held: Tokens) -> Tokens:
        """Turn the refresh token. Raises ProviderError: `session_ended` when it is no longer good."""
        metadata = await self.metadata()
        try:
            async with self._client() as client:
                answer = await client.refresh_token(metadata.token_endpoint, refresh_token=held.refresh_token)
        except OAuthError as error:
            raise _refusal(error, grant="session_ended", other="unreachable") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError("unreachable") from error
        return await self._tokens(answer, held=held)

    async def revoke(self, refresh_token: str) -> None:
        """End the family at the server (RFC 7009). Raises ProviderError `unreachable`."""
        metadata = await self.metadata()
        try:
            async with self._client() as client:
                answer = await client.revoke_token(  # type: ignore[no-untyped-call]
                    metadata.revocation_endpoint, token=refresh_token, token_type_hint="refresh_token"
                )
                answer.raise_for_status()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError("unreachable") from error

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method="client_secret_basic",
            revocation_endpoint_auth_method="client_secret_basic",
            redirect_uri=self._settings.redirect_uri,
            code_challenge_method="S256",
            trust_env=False,
            timeout=TIMEOUT,
            follow_redirects=False,
        )

    async def _tokens(self, answer: Mapping[str, object], *, nonce: str = "", held: Tokens | None = None) -> Tokens:
        """The tokens of an answer, its ID token judged. What a refresh leaves out stays as it was."""
        access_token, refresh_token = (
            answer.get("access_token"),
            answer.get("refresh_token", held and held.refresh_token),
        )
        lifetime, scope = answer.get("expires_in"), answer.get("scope", held.scope if held else SCOPE)
        id_token = answer.get("id_token")
        if id_token is None and held:
            id_token, subject, sid = held.id_token, held.subject, held.sid
        elif isinstance(id_token, str):
            subject, sid = await self._subject(id_token, access_token, nonce)
        else:
            raise ProviderError("token_invalid")
        texts = (access_token, refresh_token, id_token, scope)
        if not _all_text(texts) or not isinstance(lifetime, int) or str(answer.get("token_type")).lower() != "bearer":
            raise ProviderError("token_invalid")
        if held and subject != held.subject:  # OIDC Core §12.2
            raise ProviderError("token_invalid")
        return Tokens(texts[0], texts[1], texts[2], subject, sid, texts[3], lifetime, time.monotonic() + lifetime)

    async def ended_session(self, logout_token: str) -> str:
        """The `sid` that a logout token names, after every check of OIDC Back-Channel Logout §2.6.

        Raises ProviderError: `token_invalid`, or `unreachable` where the server's keys can't be had.
        """
        try:
            token = decode(logout_token, await self._key_set(logout_token), algorithms=[ALGORITHM])
            JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self._settings.auth_server_url},
                aud={"essential": True, "value": self._settings.client_id},
                iat={"essential": True},
                exp={"essential": True},
                jti={"essential": True},
                sid={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise ProviderError("token_invalid") from error
        events, sid = token.claims.get("events"), token.claims["sid"]
        said = isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)
        # an ID token in its place has a nonce, or another type (§2.4, §2.6)
        if not said or "nonce" in token.claims or token.header.get("typ") != "logout+jwt" or not isinstance(sid, str):
            raise ProviderError("token_invalid")
        return sid

    async def _subject(self, id_token: str, access_token: object, nonce: str) -> tuple[str, str]:
        """Whom the ID token names, and in which session, after every check of OIDC Core §3.1.3.7."""
        try:
            token = decode(id_token, await self._key_set(id_token), algorithms=[ALGORITHM])
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._settings.auth_server_url},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                params={"nonce": nonce, "client_id": self._settings.client_id, "access_token": access_token},
            )
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            raise ProviderError("token_invalid") from error
        subject, sid = claims["sub"], claims.get("sid", "")
        if not isinstance(subject, str) or not subject or not isinstance(sid, str):
            raise ProviderError("token_invalid")
        return subject, sid

    async def _key_set(self, id_token: str) -> KeySet:
        """The server's keys; asked again for a key they don't have, though not often."""
        kid = jws.extract_compact(id_token.encode()).headers().get("kid")
        age = time.monotonic() - self._keys_at
        known = self._keys is not None and any(key.kid == kid for key in self._keys)
        if self._keys is None or age > KEYS_FOR or (not known and age > KEYS_AGAIN):
            document = await self._get((await self.metadata()).jwks_uri)
            if not isinstance(document.get("keys"), list):
                raise ProviderError("unreachable")
            self._keys = KeySet.import_key_set(cast(KeySetSerialization, document))
            self._keys_at = time.monotonic()
        return self._keys

    async def _get(self, url: str) -> dict[str, object]:
        try:
            response = await self._http.get(url, headers={"Accept": "application/json"})
            document = response.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError("unreachable") from error
        if not isinstance(document, dict):
            raise ProviderError("unreachable")
        return document


def _refusal(error: OAuthError, *, grant: str, other: str) -> ProviderError:
    """`grant` for a grant that is no longer good; all else is about this client, and for who runs it to read."""
    if error.error == "invalid_grant":
        return ProviderError(grant)
    logger.warning("the token endpoint refused this client: %s", error.error)
    return ProviderError(other)


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise ProviderError("unreachable")
    return value


def _all_text(values: tuple[object, object, object, object]) -> TypeGuard[tuple[str, str, str, str]]:
    return all(isinstance(value, str) and value for value in values)
