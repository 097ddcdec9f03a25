"""What the client knows of the person already (OIDC Core §3.1.2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.claims import hints
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

MAX_CHARACTERS = 254


def check_hints(parameters: Parameters, client: Application, asked: Asked) -> None:
    """Keep `login_hint` and whom `id_token_hint` names; raises `InvalidRequest`.

    The ID token must be ours and this client's; it may have ended, for it says who was signed in.
    """
    if token := parameters.get("id_token_hint"):
        hint = hints.read(token)
        if hint.client_id != client.client_id:
            raise InvalidRequest("The parameter id_token_hint is another client's ID token.")
        asked.hinted_sub = hint.sub
    asked.login_hint = (parameters.get("login_hint") or "")[:MAX_CHARACTERS]
