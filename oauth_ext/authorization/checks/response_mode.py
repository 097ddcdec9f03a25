"""How the answer travels (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application, ResponseMode
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters


def check_response_mode(parameters: Parameters, client: Application, asked: Asked) -> None:
    """Keep the mode, `query` where none is named; raises `InvalidRequest`, which then goes by `query`.

    It must be one that we speak and one that the client is registered for (ASVS 10.4.12); a form can be posted to a
    web address only. Of a repeated one nothing is kept, and that it is repeated is found later.
    """
    named = None if "response_mode" in parameters.repeated() else parameters.get("response_mode")
    mode = named or ResponseMode.QUERY.value
    if mode not in ResponseMode.values:
        raise InvalidRequest(f"The parameter response_mode may be {' or '.join(ResponseMode.values)}.")
    if mode not in client.response_modes:
        raise InvalidRequest(f"The client is not registered for response_mode={mode}.")
    if mode == ResponseMode.FORM_POST and not asked.redirect_uri.startswith(("https://", "http://")):
        raise InvalidRequest("response_mode=form_post needs an http or https redirect_uri.")
    asked.response_mode = mode
