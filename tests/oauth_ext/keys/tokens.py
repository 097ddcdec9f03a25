"""JWTs as an attacker would make them: any header, any claims, any key."""

import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from oauth_ext.keys import ring
from oauth_ext.keys.models import KeyState, SigningKey


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    whole = {"iss": settings.ISSUER_URL, "sub": "somebody", "iat": now, "exp": now + 60, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def segment(value: object) -> str:
    return encode(json.dumps(value).encode())


def stranger() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def ours() -> EllipticCurvePrivateKey:
    """The private half of our own key, for tokens that are wrong in another way."""
    key = ring.current().signers["ES256"].key
    assert isinstance(key, EllipticCurvePrivateKey)
    return key


def signed(header: object, key: EllipticCurvePrivateKey, body: object | None = None) -> str:
    """A JWT with this header, signed with ES256 whatever the header says."""
    message = f"{segment(header)}.{segment(claims() if body is None else body)}"
    r, s = decode_dss_signature(key.sign(message.encode(), ECDSA(SHA256())))
    return f"{message}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def mac_with(secret: bytes, header: dict[str, object]) -> str:
    """A JWT with HMAC under what is public: the classic confusion of keys."""
    message = f"{segment(header)}.{segment(claims())}"
    return f"{message}.{encode(hmac.digest(secret, message.encode(), hashlib.sha256))}"


def active(algorithm: str) -> SigningKey:
    return SigningKey.objects.get(issuer=settings.ISSUER_URL, algorithm=algorithm, state=KeyState.ACTIVE)
