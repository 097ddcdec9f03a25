"""What is done to clients: one mutation a file."""

import strawberry

from graph.clients.mutations.add_client_secret import add_client_secret
from graph.clients.mutations.disable_client import disable_client
from graph.clients.mutations.enable_client import enable_client
from graph.clients.mutations.register_client import register_client
from graph.clients.mutations.update_client import update_client


@strawberry.type
class ClientMutations:
    """The part of `Mutation` about clients."""

    register_client = register_client
    update_client = update_client
    add_client_secret = add_client_secret
    disable_client = disable_client
    enable_client = enable_client
