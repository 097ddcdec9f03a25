"""The client's own value, given back with every answer (RFC 6749 §4.1.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

MAX_BYTES = 2048  # in UTF-8


def check_state(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the state; of a repeated one nothing is given back, and that it is repeated is found later."""
    state = None if "state" in parameters.repeated() else parameters.get("state")
    if state is not None and len(state.encode()) > MAX_BYTES:
        raise InvalidRequest(f"The parameter state is longer than {MAX_BYTES} bytes.")
    asked.state = state
