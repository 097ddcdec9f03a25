"""Finding clients."""

from enum import Enum
from typing import Annotated

import strawberry

from graph.access import field
from graph.clients.types import REGISTRATION, Client
from graph.connections import PAGE, After, Asked, Connection, First, page
from oauth_ext.clients import services as clients


@strawberry.enum(description="In which order clients are told. Names are never changed, but more may come.")
class ClientOrder(Enum):
    """Those for which there is an index: a page costs the same wherever it is."""

    CLIENT_ID = strawberry.enum_value("client_id", description="By `client_id`.")
    NEWEST = strawberry.enum_value("-pk", description="The one that was registered last comes first.")
    OLDEST = strawberry.enum_value("pk", description="The one that was registered first comes first.")


@strawberry.type
class ClientQueries:
    """The part of `Query` about clients."""

    @field(REGISTRATION, "The clients.")
    def clients(
        self,
        search: Annotated[str | None, strawberry.argument(description="Only whose `client_id` begins so.")] = None,
        grant_type: Annotated[
            str | None,
            strawberry.argument(
                description="Only those that may present it: `client_credentials` are service accounts."
            ),
        ] = None,
        order: Annotated[ClientOrder, strawberry.argument(description="In which order.")] = ClientOrder.CLIENT_ID,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[Client] | None:
        """Return a page of the rows."""
        found = page(
            clients.search(search or "", grant_type=grant_type), Asked("clients", first, after), str(order.value)
        )
        return found.shown(Client.of_rows(found.rows))
