"""What the rooms above call of DPoP."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from oauth_ext.dpop import nonces
from oauth_ext.dpop.algorithms import ALGORITHMS
from oauth_ext.dpop.proof import Call, Proof, judge
from oauth_ext.errors import InvalidDPoPProof
from oauth_ext.replay import services as replay

__all__ = ["ALGORITHMS", "Call", "Proof", "judge", "offer_nonce", "offers_nonce", "thumbprint", "use_once"]

PURPOSE = "dpop"
P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def thumbprint(proof: Proof | None) -> str:
    """Return the key that a request proved to hold (`jkt`), empty where it brought no proof."""
    return proof.jkt if proof else ""


def use_once(proof: Proof | None) -> None:
    """Take note that the proof was used; raises `InvalidDPoPProof` where it was before, in whichever process.

    One statement, none without a proof: when all else has been judged, and before what the proof is for is claimed.
    """
    if proof and not replay.use(PURPOSE, proof.jkt, proof.jti, until=proof.until):
        raise InvalidDPoPProof("The DPoP proof was used before.")


def offer_nonce(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give whoever sent a proof the nonce for the next one (RFC 9449 §8.2)."""
    if "HTTP_DPOP" in request.META:
        response.headers["DPoP-Nonce"] = nonces.current()


def offers_nonce(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """Let a view give whoever sent a proof the nonce for the next one (RFC 9449 §8.2), whatever it answers."""

    @wraps(view)
    def offering(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        response = view(request, *args, **kwargs)
        offer_nonce(request, response)
        return response

    return offering
