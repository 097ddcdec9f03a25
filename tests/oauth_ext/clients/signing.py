"""Clients that sign, and what they sign: good by default, bad by what a test changes."""

import secrets
import time
import warnings

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from oauth_ext.clients.assertion import TYPE
from oauth_ext.clients.models import Application
from tests.factories import make_client

ISSUER = "http://localhost:8000"
KEYS: dict[str, Key] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "es"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rs"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "ps"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed25519"}),
}
LEFT_OUT = object()


def jwks(*keys: Key) -> dict[str, list[object]]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def make_signing_client(client_id: str = "signer", *keys: Key, **spec) -> Application:
    if "jwks_uri" not in spec:
        spec.setdefault("jwks", jwks(*(keys or [KEYS["ES256"]])))
    spec.setdefault("grant_types", ["client_credentials"])
    spec.setdefault("scopes", ["tokens:introspect"])
    return make_client(
        client_id, client_type="confidential", token_endpoint_auth_method="private_key_jwt", redirect_uris=[], **spec
    )


def assertion(client_id: str = "signer", *, key: Key | None = None, alg: str = "ES256", header=None, **claims) -> str:
    """A good assertion of the client; `claims` and `header` change it, or leave something out with LEFT_OUT."""
    now = time.time()
    good = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "exp": int(now) + 60,
        "iat": int(now),
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    key = key or KEYS[alg]
    head = {"alg": alg, **({"kid": key.kid} if key.kid else {}), **(header or {})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # EdDSA by its older name
        return jwt.encode(
            {name: value for name, value in head.items() if value is not LEFT_OUT},
            {name: value for name, value in good.items() if value is not LEFT_OUT},
            key,
            registry=JWSRegistry(algorithms=[alg], strict_check_header=False),
        )


def by_assertion(text: str | None = None, **parameters: str) -> dict[str, str]:
    """The parameters by which a client authenticates."""
    return {"client_assertion_type": TYPE, "client_assertion": text or assertion(), **parameters}
