"""What the access token shall be for (RFC 8707 §2)."""

from oauth_ext.authorization.asked import Asked
from oauth_ext.clients.models import Application
from oauth_ext.parameters import Parameters
from oauth_ext.resources import services as resources


def check_resource(parameters: Parameters, client: Application, asked: Asked) -> None:
    """Keep the resources, the client's default where it names none; raises `InvalidTarget` for unregistered ones."""
    asked.resources = resources.require(parameters.list("resource")) or client.default_resources
