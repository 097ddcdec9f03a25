"""The scopes asked for (RFC 6749 §3.3); what is granted of them depends on who signs in."""

from oauth_ext import scopes
from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.parameters import Parameters


def check_scope(parameters: Parameters, client: Application, asked: Asked) -> None:
    """Keep the scopes, the client's default where it asks for none; raises `InvalidScope` for unknown ones."""
    asked.scopes = scopes.asked(parameters.get("scope"), client.default_scopes)
