"""How strongly somebody must have signed in (OIDC Core §3.1.2.1, RFC 9470 §4)."""

from idp.users.acr import weakest_known
from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.parameters import Parameters


def check_acr_values(parameters: Parameters, _client: Application, asked: Asked) -> None:
    """Keep the weakest of `acr_values` that is ours: any of them will do. One that isn't ours is passed over.

    It may be passed over because the claim is voluntary: the ID token says in `acr` how it was.
    """
    asked.acr = weakest_known((parameters.get("acr_values") or "").split())
