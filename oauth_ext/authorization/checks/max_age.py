"""How long ago the person may have signed in (OIDC Core §3.1.2.1)."""

import re

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

SECONDS = re.compile(r"[0-9]{1,9}")


def check_max_age(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the number of seconds; 0 asks for a new sign-in."""
    max_age = parameters.get("max_age")
    if max_age is None:
        return
    if not SECONDS.fullmatch(max_age):
        raise InvalidRequest("The parameter max_age must be a number of seconds.")
    asked.max_age = int(max_age)
