"""The judgement of a proof (RFC 9449 §4.3): what costs nothing first, the signature last, and nothing is written."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Self

from django.http import HttpRequest
from joserfc.jws import JWSRegistry

from idp.ops import base64url
from oauth_ext.dpop import nonces, proof_key, target
from oauth_ext.dpop.algorithms import ALGORITHMS
from oauth_ext.errors import InvalidDPoPProof, UseDPoPNonce

TYPE: Final = "dpop+jwt"
MAX_CHARACTERS: Final = 8 * 1024
# Whether a proof is fresh its nonce says; `iat` only has to come from a clock that isn't broken.
IAT_SECONDS: Final = 300


class Call(NamedTuple):
    """The request that a proof was sent with: the header `DPoP` as it came, method, and path."""

    header: str | None
    method: str
    path: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Take from a request what a proof is judged by."""
        return cls(request.META.get("HTTP_DPOP"), request.method or "", request.path)


@dataclass(frozen=True, slots=True)
class Proof:
    """A good proof: the thumbprint of its key, its own identifier, and until when it could be presented again."""

    jkt: str
    jti: str
    until: datetime


def judge(call: Call, *, access_token: str | None = None, jkt: str | None = None) -> Proof | None:
    """Return the proof of a request, or None where it brings none; raises `InvalidDPoPProof` or `UseDPoPNonce`.

    At a resource `access_token` is the token that the proof must name (`ath`), and `jkt` the key that it is bound to.
    Whether the proof was used before is not asked here: `services.use_once` does, when all else is judged.
    """
    if call.header is None:
        return None
    header, claims, message, signature = _take_apart(call.header)
    algorithm = header.get("alg")
    if header.get("typ") != TYPE or not isinstance(algorithm, str) or algorithm not in ALGORITHMS or "crit" in header:
        raise InvalidDPoPProof("The DPoP proof's typ, alg or crit is not one that is accepted.")
    _check_call(claims, call)
    if access_token is not None:
        _check_access_token(claims, access_token)
    jti, until = _check_freshness(claims)

    known = proof_key.read(header.get("jwk"), ALGORITHMS[algorithm])
    if jkt is not None and not hmac.compare_digest(known.jkt, jkt):
        raise InvalidDPoPProof("The DPoP proof was made by another key than the token is bound to.")
    if not JWSRegistry.algorithms[algorithm].verify(message, signature, known.key):
        raise InvalidDPoPProof("The DPoP proof's signature is not its key's.")
    return Proof(known.jkt, jti, until)


class _Parts(NamedTuple):
    """A JWS taken apart; nothing of it is proved yet."""

    header: dict[str, object]
    claims: dict[str, object]
    message: bytes
    signature: bytes


def _take_apart(jws: str) -> _Parts:
    """Two headers, which WSGI joins with a comma, are no JWS (check 1)."""
    message, _, signature = jws.rpartition(".")
    if len(jws) > MAX_CHARACTERS or message.count(".") != 1:
        raise InvalidDPoPProof("The header DPoP must be there once, and hold one JWT of at most 8 KiB.")
    header, _, payload = message.partition(".")
    try:
        claims = base64url.decode_object(payload)
        return _Parts(base64url.decode_object(header), claims, message.encode(), base64url.decode(signature))
    except ValueError as error:
        raise InvalidDPoPProof("The DPoP proof is not well-formed.") from error


def _check_call(claims: dict[str, object], call: Call) -> None:
    if claims.get("htm") != call.method:
        raise InvalidDPoPProof("The DPoP proof is for another method (htm).")
    htu = claims.get("htu")
    if not isinstance(htu, str) or not target.is_here(htu, call.path):
        raise InvalidDPoPProof("The DPoP proof is for another URI (htu).")


def _check_access_token(claims: dict[str, object], access_token: str) -> None:
    if claims.get("ath") != base64url.encode(hashlib.sha256(access_token.encode()).digest()):
        raise InvalidDPoPProof("The DPoP proof is for another access token (ath).")


def _check_freshness(claims: dict[str, object]) -> tuple[str, datetime]:
    """Return `jti`, and until when the nonce is good."""
    jti, iat, nonce = claims.get("jti"), claims.get("iat"), claims.get("nonce")
    if not isinstance(jti, str) or not jti:
        raise InvalidDPoPProof("The DPoP proof has no jti.")
    if not isinstance(iat, int | float) or isinstance(iat, bool) or abs(time.time() - iat) > IAT_SECONDS:
        raise InvalidDPoPProof("The DPoP proof's iat is not now.")
    until = nonces.end_of(nonce) if isinstance(nonce, str) else None
    if until is None:
        raise UseDPoPNonce
    return jti, until
