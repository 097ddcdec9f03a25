"""PKCE (RFC 7636), for every client and with S256 alone (RFC 9700 §2.1.1)."""

import re

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 is 32 bytes, base64url without padding


def check_pkce(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the challenge. A missing method would mean `plain` (RFC 7636 §4.3), so it must be named."""
    challenge = parameters.require("code_challenge")
    if parameters.get("code_challenge_method") != "S256":
        raise InvalidRequest("The parameter code_challenge_method must be S256.")
    if not S256_CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("The parameter code_challenge must be 43 characters of base64url.")
    asked.code_challenge = challenge
