"""The key that the code will be bound to (RFC 9449 §10): whoever redeems it proves to hold that one."""

import re

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7638 with SHA-256, base64url without padding


def check_dpop_jkt(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the thumbprint."""
    jkt = parameters.get("dpop_jkt") or ""
    if jkt and not THUMBPRINT.fullmatch(jkt):
        raise InvalidRequest("The parameter dpop_jkt must be 43 characters of base64url.")
    asked.dpop_jkt = jkt
