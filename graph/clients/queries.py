"""Finding clients."""

from typing import Annotated

import strawberry

from graph.access import field
from graph.clients.types import REGISTRATION, Client
from graph.connections import PAGE, After, Asked, Connection, First, page
from oauth_ext.clients import services as clients


@strawberry.type
class ClientQueries:
    """The part of `Query` about clients."""

    @field(REGISTRATION, "The clients, by `client_id`.")
    def clients(
        self,
        search: Annotated[str | None, strawberry.argument(description="Only whose `client_id` begins so.")] = None,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[Client] | None:
        """Return a page of the rows."""
        asked = Asked("clients", first, after)
        found = page(clients.search(search or ""), asked, column="client_id", descending=False)
        return found.shown([Client.of(row) for row in found.rows])
