"""How much one request may cost us: anybody can leave one, and each is kept until it ends."""

import orjson

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

MAX_KEPT_BYTES = 4096


def check_size(_parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Refuse what would take more than 4 KiB to keep."""
    if len(orjson.dumps(asked.to_json())) > MAX_KEPT_BYTES:
        raise InvalidRequest("The request is too large.")
