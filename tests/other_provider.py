"""Another OpenID provider, that a test makes tell lies: what it says is what stands in its attributes."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.local_server import LocalServer

CLIENT_ID, SECRET = "gatehouse", "a secret between two"


class OtherProvider(LocalServer):
    """Signs in whoever comes as `claims` say. `metadata` and `tokens` change its documents, `pages` its answers.

    A page is bytes, JSON, or a function of the handler that answers for itself.
    """

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.rsa = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
        self.signer: Any = self.key
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "one"}
        self.claims: dict[str, Any] = {"sub": "1001", "email": "carol@elsewhere.example", "email_verified": True}
        self.metadata: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.pages: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.asked: list[str] = []
        self.forms: list[tuple[dict[str, str], str]] = []
        self.requests: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.respond(self, self.path, b"")

            def do_POST(self) -> None:
                provider.respond(self, self.path, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)
        self.issuer = f"http://127.0.0.1:{self.port}"

    def respond(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        self.asked.append(path)
        form = dict(parse_qsl(body.decode()))
        if form:
            self.forms.append((form, handler.headers.get("Authorization", "")))
        page = self.pages[path] if path in self.pages else self._usual(path, form)
        if callable(page):
            page(handler)
            return
        raw = page if isinstance(page, bytes) else json.dumps(page).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def _usual(self, path: str, form: dict[str, str]) -> object:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "id_token_signing_alg_values_supported": ["ES256", "RS256"],
                "authorization_response_iss_parameter_supported": True,
                **self.metadata,
            }
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False), self.rsa.as_dict(private=False)]}
        if path == "/userinfo":
            return {"sub": self.claims["sub"], **self.userinfo}
        if path == "/token":
            asked = self.requests.pop(form["code"])
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert _encoded(digest) == asked["code_challenge"]
            assert form["redirect_uri"] == asked["redirect_uri"]
            return {
                "access_token": "opaque",
                "token_type": "Bearer",
                "id_token": self.id_token(asked["nonce"]),
                **self.tokens,
            }
        raise LookupError(path)

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            "auth_time": now,
            "nonce": nonce,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            return ".".join([*(_encoded(json.dumps(part).encode()) for part in (self.header, claims)), ""])
        if isinstance(self.signer, bytes):
            parts = [_encoded(json.dumps(part).encode()) for part in (self.header, claims)]
            return ".".join([*parts, _encoded(hmac.digest(self.signer, ".".join(parts).encode(), "sha256"))])
        algorithms = [self.header["alg"]]
        return jwt.encode(self.header, claims, self.signer, algorithms=algorithms)

    def sign_in(self, url: str) -> dict[str, str]:
        """What the provider sends the browser back with, after somebody has signed in at this URL."""
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert parts.path == "/authorize"
        code = secrets.token_urlsafe()
        self.requests[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def confuse_algorithms(self) -> None:
        """Sign with HMAC, the public key being the secret."""
        self.signer = self.rsa.as_pem(private=False)
        self.header = {"alg": "HS256", "kid": "two"}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
