"""A client's key, and the proofs that it makes (RFC 9449 §4.2): by joserfc, good ones and bad ones."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from oauth_ext.dpop import nonces

ISSUER = "http://localhost:8000"
TOKEN_ENDPOINT = f"{ISSUER}/o/token/"
USERINFO = f"{ISSUER}/o/userinfo/"
ProofKey = ECKey | OKPKey | RSAKey
GENERATE: dict[str, Callable[[], ProofKey]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "PS256": lambda: RSAKey.generate_key(2048),
    "RS256": lambda: RSAKey.generate_key(2048),
}
LEFT_OUT = "(left out)"


class Prover:
    """Holds a key and makes proofs by it."""

    def __init__(self, alg: str = "ES256", key: ProofKey | None = None) -> None:
        self.alg, self.key = alg, key or GENERATE[alg]()

    @property
    def jkt(self) -> str:
        return self.key.thumbprint()

    @property
    def jwk(self) -> dict[str, object]:
        return dict(self.key.as_dict(private=False))

    def proof(
        self,
        htu: str = TOKEN_ENDPOINT,
        htm: str = "POST",
        *,
        access_token: str | None = None,
        header: dict[str, object] | None = None,
        **changes: object,
    ) -> str:
        """A proof with the nonce of this process; `changes` are to its claims, `header` to its header."""
        claims = {"jti": secrets.token_urlsafe(12), "htm": htm, "htu": htu, "iat": int(time.time())}
        if "nonce" not in changes:
            claims["nonce"] = nonces.current()
        if access_token is not None:
            claims["ath"] = b64(hashlib.sha256(access_token.encode()).digest())
        head = {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.jwk} | (header or {})
        return sign(_without_left_out(head), _without_left_out(claims | changes), self.key)


def sign(header: dict[str, object], claims: object, key: ProofKey) -> str:
    """A JWS of any header and any claims."""
    message = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    algorithm = JWSRegistry.algorithms[str(header.get("alg"))]
    return f"{message}.{b64(algorithm.sign(message.encode(), key))}"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _without_left_out(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not LEFT_OUT}


def shortly(value: object) -> str:
    """What a test of this value is called."""
    return repr(value)[:24]
