"""Where the answer goes (RFC 6749 §3.1.2, RFC 9700 §2.1)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters


def check_redirect_uri(parameters: Parameters, client: Application) -> Asked:
    """Return the beginning of what is asked: a URI that the client registered; raises `InvalidRequest`, for a page.

    It may be left out where just one is registered, but not in an OpenID request (OIDC Core §3.1.2.1).
    """
    named = parameters.get("redirect_uri")
    uri = named or client.default_redirect_uri
    if uri is None or (named is None and "openid" in (parameters.get("scope") or "").split(" ")):
        raise InvalidRequest("The parameter redirect_uri is missing: the app did not say where to send you back.")
    if "redirect_uri" in parameters.repeated() or not client.redirect_uri_allowed(uri):
        raise InvalidRequest("The app wants you sent back to an address (redirect_uri) that it never registered.")
    return Asked(redirect_uri=uri, redirect_uri_named=named is not None)
