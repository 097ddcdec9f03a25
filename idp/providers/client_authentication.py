"""How we prove to another provider who we are, at its token endpoint (OIDC Core §9, RFC 7523 §2.2)."""

import time
import uuid
from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.jwk import ECKey

from idp.ops import keyring
from idp.providers.models import AuthMethod, IdentityProvider

SECRET_PURPOSE: Final = "identity provider secret"
KEY_PURPOSE: Final = "identity provider key"
ALGORITHM: Final = "ES256"
LIFE_SECONDS: Final = 60
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def new_key(name: str) -> str:
    """Return a new private key, sealed for the provider of this name."""
    return keyring.seal(ECKey.generate_key("P-256").as_pem(private=True), purpose=KEY_PURPOSE, bound_to=name)


def seal_secret(secret: str, name: str) -> str:
    """Return a secret, sealed for the provider of this name."""
    return keyring.seal(secret.encode(), purpose=SECRET_PURPOSE, bound_to=name)


def has_secret(provider: IdentityProvider, secret: str) -> bool:
    """Whether this is the secret that is kept."""
    return provider.secret != "" and _secret(provider) == secret


def public_keys(provider: IdentityProvider) -> dict[str, object]:
    """Return the JWK Set with the public half of our key there; empty where another method is used."""
    if not provider.private_key:
        return {"keys": []}
    key = _key(provider)
    members = key.as_dict(private=False)
    return {"keys": [{**members, "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}]}


def prove(provider: IdentityProvider) -> tuple[Mapping[str, str], str]:
    """Return the fields to send with the form, and what goes into `Authorization` (or an empty string)."""
    if provider.auth_method == AuthMethod.PRIVATE_KEY_JWT:
        return {"client_id": provider.client_id, "client_assertion_type": ASSERTION_TYPE} | {
            "client_assertion": _assertion(provider)
        }, ""
    secret = _secret(provider)
    if provider.auth_method == AuthMethod.CLIENT_SECRET_POST:
        return {"client_id": provider.client_id, "client_secret": secret}, ""
    pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"  # RFC 6749 §2.3.1
    return {}, f"Basic {b64encode(pair.encode()).decode()}"


def _assertion(provider: IdentityProvider) -> str:
    """Return an assertion for this issuer and no other (draft-ietf-oauth-rfc7523bis)."""
    key, now = _key(provider), int(time.time())
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + LIFE_SECONDS,
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.thumbprint()}, claims, key)


def _key(provider: IdentityProvider) -> ECKey:
    pem = keyring.unseal(provider.private_key, purpose=KEY_PURPOSE, bound_to=provider.name)
    return ECKey.import_key(pem)


def _secret(provider: IdentityProvider) -> str:
    return keyring.unseal(provider.secret, purpose=SECRET_PURPOSE, bound_to=provider.name).decode()
