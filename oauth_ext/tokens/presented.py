"""The access token that a request presents: in its `Authorization` header, and nowhere else (RFC 6750 §2.1)."""

import re
from typing import NamedTuple

from django.http import HttpRequest

from oauth_ext.dpop import services as dpop
from oauth_ext.errors import InvalidDPoPProof, InvalidToken
from oauth_ext.tokens import personal
from oauth_ext.tokens.judging import Judged, counted, judge, judge_opened, open_token

AUTHORIZATION = re.compile(r"(?P<scheme>bearer|dpop)(?: +(?P<token>.*))?", re.IGNORECASE | re.DOTALL)
B64TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
DPOP = "DPoP"


class Presented(NamedTuple):
    """A token, and whether it comes with the scheme `DPoP` or as plain `Bearer`."""

    token: str
    with_proof: bool


def read(authorization: str) -> Presented | None:
    """Return the token in the header, or None where it presents none; raises `InvalidToken` for what can't be one.

    Two headers, which WSGI joins with a comma, are a bad token.
    """
    match = AUTHORIZATION.fullmatch(authorization.strip())
    if match is None or not match["token"]:
        return None
    with_proof = match["scheme"].lower() == DPOP.lower()
    if not B64TOKEN.fullmatch(match["token"]):
        raise InvalidToken(auth_scheme=DPOP if with_proof else "Bearer")
    return Presented(match["token"], with_proof)


def judge_request(request: HttpRequest) -> Judged | None:
    """Judge the token of a request, or return None where there is none; raises `InvalidToken` or a `DPoPError`.

    A token bound to a key is nothing without a proof by that key, one that isn't is nothing with it (RFC 9449 §7.1,
    §7.2). One statement, with a proof two: the last takes note that it was used.
    """
    presented = read(request.META.get("HTTP_AUTHORIZATION", ""))
    if presented is None:
        return None
    if not presented.with_proof:
        return _judge_bearer(presented.token)
    try:
        return _judge_bound(presented.token, dpop.Call.of(request))
    except InvalidToken as error:
        raise InvalidToken(auth_scheme=DPOP) from error


def _judge_bearer(token: str) -> Judged:
    if personal.is_meant(token):
        return judge(token)
    opened = open_token(token)
    if opened.jkt is not None:
        raise InvalidToken
    return counted(judge_opened(opened))


def _judge_bound(token: str, call: dpop.Call) -> Judged:
    """Ask the rows last: who stole a token without its key costs no statement."""
    opened = open_token(token)
    if opened.jkt is None:
        raise InvalidToken
    proof = dpop.judge(call, access_token=token, jkt=opened.jkt)
    if proof is None:
        raise InvalidDPoPProof
    judged = judge_opened(opened)
    dpop.use_once(proof)
    return counted(judged)
